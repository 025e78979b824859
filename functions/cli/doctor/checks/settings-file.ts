/** `.env.<environment>`: is it there, complete, and for its owner alone? */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { envFileName, readTarget } from '../../../../infra/settings/env-file.ts';
import { type EnvironmentName, environments } from '../../../../infra/settings/environments.ts';
import { type RunSettings, readRunSettings } from '../../../../infra/settings/run-settings.ts';
import { secretValues } from '../../../sync/core/config.ts';
import type { Finding } from '../check.ts';

/** Checks the file; `run` is what it holds, where a run could use it. */
export function checkSettingsFile(
  name: EnvironmentName,
  root: string,
): { finding: Finding; run: RunSettings | undefined } {
  const file = envFileName({ name });
  const read = readRunSettings(environments[name], root);
  const ofRun = read.problems ?? [];
  const ofDeployment = (readTarget(environments[name], root).problems ?? [])
    .filter((problem) => !ofRun.includes(problem))
    .map((problem) => `Before it can be deployed: ${problem}`);
  if (read.problems) {
    const said = `${file} cannot be used`;
    const todo = [...ofRun, ...tokenAdvice(ofRun, name), ...ofDeployment];
    return { finding: { check: 'settings', status: 'todo', said, todo }, run: undefined };
  }
  const todo = [...ofDeployment, ...findOpenFile(join(root, file), file, read.values)];
  const said = `${file} is complete for a run`;
  return {
    finding: { check: 'settings', status: todo.length === 0 ? 'ok' : 'warning', said, todo },
    run: read,
  };
}

/** The one value that nobody can look up: it has to be made. */
function tokenAdvice(problems: readonly string[], name: EnvironmentName): string[] {
  return problems.some((problem) => problem.startsWith('GOOGLE_REFRESH_TOKEN is missing'))
    ? [`Get the refresh token, once the OAuth client is set: npx catalog-sync auth --env ${name}`]
    : [];
}

/** Others on this machine need not read the secrets; on Windows the mode says nothing about that. */
function findOpenFile(path: string, file: string, values: Record<string, string>): string[] {
  if (process.platform === 'win32' || secretValues(values).length === 0) return [];
  return statSync(path).mode & 0o077
    ? [`Others on this machine can read its secrets: chmod 600 ${file}`]
    : [];
}
