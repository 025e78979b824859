/** The settings of an environment, from `.env.<environment>`. */
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

/** The secrets in an environment's file, whatever else is wrong with it; none where it cannot be read. */
function secretsInFile(name: EnvironmentName): string[] {
  const file = path.join(projectRoot, envFileName({ name }));
  return existsSync(file) ? secretValues(readValues(file)) : [];
}

/** From now on a crash shows none of the secrets in an environment's file. */
export function hideSecretsInCrashes(name: EnvironmentName): void {
  listenForCrashes(createRedactor(secretsInFile(name)));
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
