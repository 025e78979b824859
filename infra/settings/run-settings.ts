/**
 * Reads `.env.<environment>` for a run on this machine: the settings that the deployed function would have.
 *
 * Settings that only a deployment needs may be missing: a local run needs no region and no address for alerts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localNames, type Settings } from '../../functions/sync/core/config.ts';
import {
  envFileName,
  findIdentityProblem,
  findUnknownNames,
  missingFile,
  parseIdentity,
  readFunctionSettings,
  readValues,
} from './env-file.ts';
import type { Environment, Identity } from './environments.ts';
import { findSecretProblems } from './secrets.ts';

export interface RunSettings {
  settings: Settings;
  identity: Identity;
  /** Every value in the file by name, including secrets. */
  values: Record<string, string>;
}

/** No platform limits a run on this machine: it gets the longest time allowed, and has no continuation. */
const runSeconds = 3_600;

/**
 * Reads the settings of a run from an environment's file.
 *
 * @param root the folder that contains the file
 * @returns the settings, or all problems with them
 */
export function readRunSettings(
  environment: Environment,
  root: string,
): (RunSettings & { problems?: never }) | { problems: string[] } {
  const file = join(root, envFileName(environment));
  if (!existsSync(file)) return { problems: [missingFile(environment)] };
  const values = readValues(file);
  const identity = parseIdentity(values.IDENTITY) ?? environment.identity;
  const identityProblem = findIdentityProblem(values);
  const problems = [...(identityProblem ? [identityProblem] : []), ...findUnknownNames(values)];
  const own = Object.fromEntries(
    localNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  const settings = readFunctionSettings(environment, identity, values, problems, {
    ...own,
    RUN_SECONDS: String(runSeconds),
  });
  // The required secrets are not known until the identity is valid.
  if (!identityProblem) problems.push(...findSecretProblems(identity, values, problems));
  return settings && problems.length === 0 ? { settings, identity, values } : { problems };
}
