/** `catalog-sync sync`. */
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
    .description('Make the catalog true to the library now: the deployed run, on this machine.')
    .addOption(environmentOption())
    .option('--dry-run', 'show what a run would do, and write nothing')
    .option('--reconcile', 'compare the whole library, whatever the checkpoint says')
    .option('--approve-removals <N>', 'let up to N removals pass that the guard holds', readCount)
    .option(
      '--approve-updates <N>',
      'let up to N updates by newer rules pass that the guard holds',
      readCount,
    )
    .option('--json', 'the log as the function writes it; with --dry-run one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync sync --env dev --dry-run
  npx catalog-sync sync --env dev
  npx catalog-sync sync --env prod --dry-run --reconcile --json | jq '.updated[].title'
  npx catalog-sync sync --env prod --approve-removals 57

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 something is held and needs a person, 130 ended by Ctrl-C.`,
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

/** The same numbers as in an event's attributes. */
function readCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number that was counted, such as 57.');
}
