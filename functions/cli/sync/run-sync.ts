/** `catalog-sync sync`: performs on this machine the run that the deployed function would perform. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import { type Settings, secretValues } from '../../sync/core/config.ts';
import { DeadlineReached } from '../../sync/core/errors.ts';
import { createLogs, jsonLines, type LogEntry, type Progress } from '../../sync/core/logs.ts';
import { createRedactor, type Redact } from '../../sync/core/redact.ts';
import { type Outcome, sync } from '../../sync/sync.ts';
import type { RunRequest } from '../../sync/trigger/event.ts';
import { openReaderFile } from '../local-runtime/reader-file.ts';
import { approveCommand } from '../shared/approve-command.ts';
import { pc } from '../shared/colors.ts';
import { type ExitCode, exitCodes } from '../shared/exit-codes.ts';
import { failureDocumentOf, formatFailure } from '../shared/failure.ts';
import { formatCost, formatCounts, formatEntry } from '../shared/show.ts';
import { dryRun } from './dry-run.ts';
import { type Interruption, listenForInterruption } from './interrupt.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';
import { resolveIdentity } from './resolve-identity.ts';
import { formatPlan } from './show-plan.ts';

export interface RunSyncOptions {
  environment: EnvironmentName;
  run: RunSettings;
  request: RunRequest;
  dryRun: boolean;
  json: boolean;
}

/** What the steps of one command share. */
interface Stage extends RunSyncOptions {
  settings: Settings;
  redact: Redact;
  line: ProgressLine;
  interruption: Interruption;
}

/**
 * Runs or plans the sync and prints the result. Failures are printed, not thrown.
 *
 * @returns the exit code of the command
 */
export async function runSync(options: RunSyncOptions): Promise<ExitCode> {
  const { json, run } = options;
  const line = createProgressLine({
    stream: process.stderr,
    isShown: !json,
    print: (text) => console.log(text),
  });
  const redact = createRedactor(secretValues(run.values));
  const interruption = listenForInterruption(() => {
    if (!json)
      line.print(pc.yellow('Stopping at the next safe point. Press Ctrl-C again to stop immediately.'));
  });
  try {
    const settings = await resolveIdentity(options.environment, run);
    const stage: Stage = { ...options, settings, redact, line, interruption };
    if (!json) line.print(describeRoute(options.environment, settings));
    return await (options.dryRun ? preview(stage) : execute(stage));
  } finally {
    line.stop();
    interruption.stop();
  }
}

/** Describes the source and the target of the run, so that nobody mistakes one environment for another. */
function describeRoute(environment: EnvironmentName, settings: Settings): string {
  const { folder, googleApiRoot, projectId, databaseId, collection, driveIdentity } = settings;
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  return pc.dim(
    [
      `${environment}: Drive folder ${folder.id}${googleApiRoot ? ` at ${googleApiRoot} (GOOGLE_API_ROOT)` : ''}${'as' in driveIdentity ? ` as ${driveIdentity.as}, not as the deployed function` : ''}`,
      `Firestore ${projectId}/${databaseId}/${collection}${emulator ? ` at ${emulator} (FIRESTORE_EMULATOR_HOST)` : ''}`,
    ].join(' -> '),
  );
}

async function preview({ request, json, line, interruption, ...rest }: Stage): Promise<ExitCode> {
  const { environment, redact } = rest;
  const began = performance.now();
  try {
    const { signal } = interruption;
    const plan = await dryRun(request, { ...rest, signal, onProgress: line.onProgress });
    line.stop();
    line.print(json ? JSON.stringify(plan) : `\n${formatPlan(plan, performance.now() - began)}`);
    if (plan.problem) return exitCodes.failed;
    return plan.held.removals || plan.held.updates ? exitCodes.attention : exitCodes.ok;
  } catch (error) {
    line.stop();
    if (error instanceof DeadlineReached && interruption.signal.aborted) {
      line.print(json ? JSON.stringify({ interrupted: true }) : 'Interrupted. Nothing was written.');
      return exitCodes.interrupted;
    }
    const failure = failureDocumentOf(error, redact);
    line.print(
      json ? JSON.stringify({ error: failure }) : formatFailure('The run would fail', failure, environment),
    );
    return exitCodes.failed;
  }
}

async function execute({
  request,
  json,
  line,
  interruption,
  environment,
  settings,
  redact,
}: Stage): Promise<ExitCode> {
  const write = json ? jsonLines((text) => line.print(text.trimEnd())) : textWriter(line, environment);
  const logs = createLogs(write, redact);
  const reader = settings.embeddedMetadata === 'off' ? undefined : await openReaderFile();
  const options = {
    signal: interruption.signal,
    onProgress: line.onProgress,
    ...(reader ? { readerFile: reader.file } : {}),
  };
  try {
    for (;;) {
      const outcome = await sync(request, settings, logs, options);
      line.stop();
      if (outcome.kind === 'continues') {
        logs.runContinues('this command resumes it now', outcome);
        continue;
      }
      if (!json) for (const text of conclude(outcome, environment)) line.print(text);
      return exitCodeOfOutcome(outcome);
    }
  } catch {
    // The log already has the error and what to do about it.
    return interruption.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
  } finally {
    reader?.remove();
  }
}

function textWriter(line: ProgressLine, environment: EnvironmentName): (entry: LogEntry) => void {
  return (entry) => {
    if (entry.event !== 'run_failed') return line.print(formatEntry(entry));
    const { message, error, reason, hint, retryable } = entry;
    const failure = {
      class: String(error),
      reason: typeof reason === 'string' ? reason : null,
      message: message.replace(/^Synchronization failed: /, ''),
      hint: typeof hint === 'string' ? hint : null,
      retryable: retryable === true,
    };
    line.print(formatFailure('Synchronization failed', failure, environment));
    if (typeof entry.stack === 'string') line.print(pc.dim(entry.stack));
  };
}

function conclude(outcome: Exclude<Outcome, { kind: 'continues' }>, environment: EnvironmentName): string[] {
  if (outcome.kind === 'overtaken')
    return [
      'Another run keeps updating the checkpoint, so this run stopped. The other run syncs the catalog.',
    ];
  if (outcome.kind === 'interrupted') return [pc.bold(`Interrupted. ${whatWasDone('This run', outcome)}`)];
  const { held, heldUpdates, mode } = outcome;
  return [
    pc.bold(whatWasDone(mode, outcome)),
    ...(held > 0
      ? [pc.yellow(`To approve the removals: ${approveCommand(environment, 'removals', held)}`)]
      : []),
    ...(heldUpdates > 0
      ? [pc.yellow(`To approve the updates: ${approveCommand(environment, 'updates', heldUpdates)}`)]
      : []),
  ];
}

function whatWasDone(mode: string, progress: Progress): string {
  return `${formatCounts({ ...progress, mode })} (${formatCost(progress.usage, progress.durationMs)})`;
}

function exitCodeOfOutcome(outcome: Exclude<Outcome, { kind: 'continues' }>): ExitCode {
  if (outcome.kind === 'interrupted') return exitCodes.interrupted;
  if (outcome.kind === 'overtaken') return exitCodes.ok;
  return outcome.held + outcome.heldUpdates > 0 ? exitCodes.attention : exitCodes.ok;
}
