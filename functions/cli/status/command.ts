/** The `catalog-sync status` command. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'Show the status of an environment: recent runs, held changes, and what needs attention. Writes nothing.',
    )
    .addOption(environmentOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync status --env prod
  npx catalog-sync status --env prod --json | jq '.attention[]'

Exit codes: 0 no action needed, 1 cannot read the status, 2 invalid usage or settings, 3 something needs attention.`,
    )
    .action(async ({ env, json }: { env: EnvironmentName; json?: true }) => {
      const { printStatus } = await import('./print-status.ts');
      process.exitCode = await printStatus(env, json ?? false);
    });
}
