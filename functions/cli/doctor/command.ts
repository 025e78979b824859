/** `catalog-sync doctor`. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { listenForCrashes } from '../shared/crash.ts';
import { environmentOption, projectRoot, secretsInFile } from '../shared/environment.ts';
import { diagnose } from './doctor.ts';
import { exitCodeOf, formatFinding, formatSummary, toJson } from './show.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check all that a run needs, from the settings to Drive and Firestore, and say what to do.')
    .addOption(environmentOption())
    .option('--json', 'one JSON object instead of lines', false)
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync doctor --env dev
  npx catalog-sync doctor --env prod --json | jq '.checks[] | select(.status == "todo")'

Exit codes: 0 a run can be made, 2 wrong usage or settings, 3 something is to be done.`,
    )
    .action(async ({ env, json }: { env: EnvironmentName; json: boolean }) => {
      listenForCrashes(createRedactor(secretsInFile(env)));
      const onFinding = json
        ? undefined
        : (finding: Parameters<typeof formatFinding>[0]) => console.log(formatFinding(finding));
      const findings = await diagnose({
        environment: env,
        root: projectRoot,
        ...(onFinding ? { onFinding } : {}),
      });
      console.log(json ? toJson(env, findings) : `\n${formatSummary(findings)}`);
      process.exitCode = exitCodeOf(findings);
    });
}
