/** `catalog-sync doctor`. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/environments.ts';
import { diagnose } from '../doctor/doctor.ts';
import { exitCodeOf, formatFinding, formatSummary, toJson } from '../doctor/show.ts';
import { environmentOption } from '../environment.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check all that a run needs, from the settings to Drive and Firestore, and say what to do.')
    .addOption(environmentOption())
    .option('--json', 'one JSON object instead of lines', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npx catalog-sync doctor --env dev\n  npx catalog-sync doctor --env prod --json\n\nEnds with 0 where a run can be made, 3 where something is to be done, 2 where the settings cannot be used.',
    )
    .action(async ({ env, json }: { env: EnvironmentName; json: boolean }) => {
      const onFinding = json
        ? undefined
        : (finding: Parameters<typeof formatFinding>[0]) => console.log(formatFinding(finding));
      const findings = await diagnose({
        environment: env,
        root: process.cwd(),
        ...(onFinding ? { onFinding } : {}),
      });
      console.log(json ? toJson(env, findings) : `\n${formatSummary(findings)}`);
      process.exitCode = exitCodeOf(findings);
    });
}
