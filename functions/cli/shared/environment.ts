/** Reads the settings of an environment from `.env.<environment>`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { envFileName, readValues } from '../../../infra/settings/env-file.ts';
import { type EnvironmentName, environments } from '../../../infra/settings/environments.ts';
import { type RunSettings, readRunSettings } from '../../../infra/settings/run-settings.ts';
import { secretValues } from '../../sync/core/config.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { CommandError } from './command-error.ts';
import { listenForCrashes } from './crash.ts';
import { exitCodes } from './exit-codes.ts';
import { projectRoot } from './project-root.ts';

/** Returns the secrets in an environment's file, even if other settings are invalid. Empty if there is no file. */
function secretsInFile(name: EnvironmentName): string[] {
  const file = path.join(projectRoot, envFileName({ name }));
  return existsSync(file) ? secretValues(readValues(file)) : [];
}

/** Redacts the secrets in an environment's file from every later crash report. */
export function hideSecretsInCrashes(name: EnvironmentName): void {
  listenForCrashes(createRedactor(secretsInFile(name)));
}

/**
 * Reads the settings of an environment as the deployed function would receive them.
 *
 * @param root the folder that contains the file
 * @throws CommandError that lists every problem with the file
 */
export function openEnvironment(name: EnvironmentName, root = projectRoot): RunSettings {
  const read = readRunSettings(environments[name], root);
  if (!read.problems) return read;
  const list = read.problems.map((problem) => `\n  - ${problem}`).join('');
  const file = path.join(root, envFileName({ name }));
  throw new CommandError(`Cannot load settings from ${file}:${list}`, exitCodes.usage);
}
