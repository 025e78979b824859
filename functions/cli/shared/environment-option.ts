/** The `--env` option, which selects the environment. */
import { Option } from 'commander';
import { environmentNames } from '../../../infra/settings/environments.ts';

/** Creates the option for a command that works on an environment. */
export function environmentOption(): Option {
  return new Option('--env <name>', 'environment to use, with the settings in .env.<name>')
    .choices(environmentNames)
    .makeOptionMandatory();
}
