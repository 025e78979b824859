/** `catalog-sync status`. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { secretValues } from '../../sync/core/config.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { listenForCrashes } from '../shared/crash.ts';
import { environmentOption, openEnvironment } from '../shared/environment.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { failureOf, formatFailure } from '../shared/failure.ts';
import { readStatus } from './read-status.ts';
import { formatStatus } from './show-status.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'Show how an environment is: the last runs, what is held, what waits for a person. Writes nothing.',
    )
    .addOption(environmentOption())
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync status --env prod
  npx catalog-sync status --env prod --json | jq '.attention[]'

Exit codes: 0 all is well, 1 it cannot be read, 2 wrong usage or settings, 3 something needs a person.`,
    )
    .action(async ({ env, json }: { env: EnvironmentName; json?: true }) => {
      const run = openEnvironment(env);
      const redact = createRedactor(secretValues(run.values));
      listenForCrashes(redact);
      try {
        const status = await readStatus({ environment: env, run, redact });
        console.log(json ? JSON.stringify(status) : formatStatus(status, Date.now()));
        process.exitCode = status.attention.length > 0 ? exitCodes.attention : exitCodes.ok;
      } catch (error) {
        const failure = failureOf(error, redact);
        if (json) console.log(JSON.stringify({ error: failure }));
        else console.error(formatFailure('The status cannot be read', failure, env));
        process.exitCode = exitCodes.failed;
      }
    });
}
