/** The `catalog-sync doctor` command. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';
import { projectRoot } from '../shared/project-root.ts';
import type { Finding } from './check.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check everything a run needs, from the settings to Drive and Firestore, and show how to fix it.',
    )
    .addOption(environmentOption())
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync doctor --env dev
  npx catalog-sync doctor --env prod --json | jq '.checks[] | select(.status == "todo")'

Exit codes: 0 ready to run, 2 invalid usage or settings, 3 a check failed.`,
    )
    .action(async ({ env, json }: { env: EnvironmentName; json: boolean }) => {
      const { hideSecretsInCrashes } = await import('../shared/environment.ts');
      const { diagnose } = await import('./doctor.ts');
      const { exitCodeOfFindings, formatFinding, formatSummary, toJson } = await import('./show.ts');
      hideSecretsInCrashes(env);
      const onFinding = (finding: Finding) => {
        if (!json) console.log(formatFinding(finding));
      };
      const findings = await diagnose({ environment: env, root: projectRoot, onFinding });
      console.log(json ? toJson(env, findings) : `\n${formatSummary(findings)}`);
      process.exitCode = exitCodeOfFindings(findings);
    });
}
