/** `catalog-sync status`. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';

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
      const { printStatus } = await import('./print-status.ts');
      process.exitCode = await printStatus(env, json ?? false);
    });
}
