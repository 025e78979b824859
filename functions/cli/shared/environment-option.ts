/** `--env`: which environment a command is about. */
import { Option } from 'commander';
import { environmentNames } from '../../../infra/settings/environments.ts';

/** The option every command about an environment has. */
export function environmentOption(): Option {
  return new Option('--env <name>', 'the environment, whose settings are in .env.<name>')
    .choices(environmentNames)
    .makeOptionMandatory();
}
