import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { secretValues } from '../../sync/core/config.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { listenForCrashes } from '../shared/crash.ts';
import { openEnvironment } from '../shared/environment.ts';
import { type ExitCode, exitCodes } from '../shared/exit-codes.ts';
import { failureDocumentOf, formatFailure } from '../shared/failure.ts';
import { readStatus } from './read-status.ts';
import { formatStatus } from './show-status.ts';

/**
 * Reads and prints the status of an environment.
 *
 * @returns the exit code of the command
 * @throws CommandError if its settings cannot be used
 */
export async function printStatus(environment: EnvironmentName, json: boolean): Promise<ExitCode> {
  const run = openEnvironment(environment);
  const redact = createRedactor(secretValues(run.values));
  listenForCrashes(redact);
  try {
    const status = await readStatus({ environment, run, redact });
    console.log(json ? JSON.stringify(status) : formatStatus(status, Date.now()));
    return status.attention.length > 0 ? exitCodes.attention : exitCodes.ok;
  } catch (error) {
    const failure = failureDocumentOf(error, redact);
    if (json) console.log(JSON.stringify({ error: failure }));
    else console.error(formatFailure('Cannot read the status', failure, environment));
    return exitCodes.failed;
  }
}
