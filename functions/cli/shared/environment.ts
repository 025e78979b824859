/** `--env`: which environment a command is about, and its settings from `.env.<environment>`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { envFileName, readValues } from '../../../infra/settings/env-file.ts';
import {
  type EnvironmentName,
  environmentNames,
  environments,
} from '../../../infra/settings/environments.ts';
import { type RunSettings, readRunSettings } from '../../../infra/settings/run-settings.ts';
import { secretValues } from '../../sync/core/config.ts';
import { CommandError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';

/**
 * Where `.env.<environment>` lies, whatever directory a command is typed in: the deployment reads the very same file,
 * and a run must not take another one by accident.
 */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The option every command about an environment has. */
export function environmentOption(): Option {
  return new Option('--env <name>', 'the environment, whose settings are in .env.<name>')
    .choices(environmentNames)
    .makeOptionMandatory();
}

/** The secrets in an environment's file, whatever else is wrong with it; none where it cannot be read. */
export function secretsInFile(name: EnvironmentName, root = projectRoot): string[] {
  const file = path.join(root, envFileName({ name }));
  return existsSync(file) ? secretValues(readValues(file)) : [];
}

/**
 * The settings of an environment, as the deployed function would have them.
 *
 * @param root the folder the file lies in
 * @throws CommandError that lists every problem with the file
 */
export function openEnvironment(name: EnvironmentName, root = projectRoot): RunSettings {
  const read = readRunSettings(environments[name], root);
  if (!read.problems) return read;
  const list = read.problems.map((problem) => `\n  - ${problem}`).join('');
  const file = path.join(root, envFileName({ name }));
  throw new CommandError(`${file} cannot be used:${list}`, exitCodes.usage);
}
