/** Checks `.env.<environment>`: does it exist, is it complete, and can only its owner read it? */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { envFileName, readTarget } from '../../../../infra/settings/env-file.ts';
import { type EnvironmentName, environments } from '../../../../infra/settings/environments.ts';
import { type RunSettings, readRunSettings } from '../../../../infra/settings/run-settings.ts';
import { secretValues } from '../../../sync/core/config.ts';
import type { Finding } from '../check.ts';

/** Checks the file. `run` has its settings if a run can use them. */
export function checkSettingsFile(
  name: EnvironmentName,
  root: string,
): { finding: Finding; run: RunSettings | undefined } {
  const file = envFileName({ name });
  const read = readRunSettings(environments[name], root);
  const ofRun = read.problems ?? [];
  const ofDeployment = (readTarget(environments[name], root).problems ?? [])
    .filter((problem) => !ofRun.includes(problem))
    .map((problem) => `Before you deploy: ${problem}`);
  if (read.problems) {
    const said = `${file} is missing or invalid`;
    const todo = [...ofRun, ...tokenAdvice(ofRun, name), ...ofDeployment];
    return { finding: { check: 'settings', status: 'todo', said, todo }, run: undefined };
  }
  const todo = [...ofDeployment, ...findOpenFile(join(root, file), file, read.values)];
  const said = `${file} has everything a run needs`;
  return {
    finding: { check: 'settings', status: todo.length === 0 ? 'ok' : 'warning', said, todo },
    run: read,
  };
}

/** Advice for the one value that cannot be looked up: it has to be created. */
function tokenAdvice(problems: readonly string[], name: EnvironmentName): string[] {
  return problems.some((problem) => problem.startsWith('GOOGLE_REFRESH_TOKEN is missing'))
    ? [`After you set the OAuth client, get a refresh token: npx catalog-sync auth --env ${name}`]
    : [];
}

/** Warns if others on this machine can read the secrets. On Windows the file mode does not show this. */
function findOpenFile(path: string, file: string, values: Record<string, string>): string[] {
  if (process.platform === 'win32' || secretValues(values).length === 0) return [];
  return statSync(path).mode & 0o077
    ? [`Other users of this machine can read its secrets. Restrict access: chmod 600 ${file}`]
    : [];
}
