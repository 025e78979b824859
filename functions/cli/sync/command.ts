/** The `catalog-sync sync` command. */
import { type Command, InvalidArgumentError } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';

interface Options {
  env: EnvironmentName;
  dryRun?: true;
  reconcile?: true;
  approveRemovals?: number;
  approveUpdates?: number;
  json?: true;
}

export function addSync(program: Command): void {
  program
    .command('sync')
    .description('Sync the catalog with the library now, on this machine.')
    .addOption(environmentOption())
    .option('--dry-run', 'show what a run would do without writing anything')
    .option('--reconcile', 'compare the whole library, regardless of the checkpoint')
    .option('--approve-removals <N>', 'apply held removals if there are at most N', readCount)
    .option('--approve-updates <N>', 'apply held updates if there are at most N', readCount)
    .option('--json', 'print the log as JSON lines, or one JSON document with --dry-run')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync sync --env dev --dry-run
  npx catalog-sync sync --env dev
  npx catalog-sync sync --env prod --dry-run --reconcile --json | jq '.updated[].title'
  npx catalog-sync sync --env prod --approve-removals 57

Exit codes: 0 success, 1 failure, 2 invalid usage or settings, 3 changes are held for approval, 130 interrupted (Ctrl-C).`,
    )
    .action(async ({ env, dryRun, reconcile, approveRemovals, approveUpdates, json }: Options) => {
      const { hideSecretsInCrashes, openEnvironment } = await import('../shared/environment.ts');
      const { runSync } = await import('./run-sync.ts');
      const run = openEnvironment(env);
      hideSecretsInCrashes(env);
      process.exitCode = await runSync({
        environment: env,
        run,
        request: {
          reconcile: reconcile ?? false,
          approvedRemovals: approveRemovals,
          approvedUpdates: approveUpdates,
        },
        dryRun: dryRun ?? false,
        json: json ?? false,
      });
    });
}

/** Accepts the same numbers as the attributes of a message. */
function readCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the reported number of changes, such as 57.');
}
