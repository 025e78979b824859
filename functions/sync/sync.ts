/**
 * One run of the sync, from start to end.
 *
 * A run reads the checkpoint, reads what changed in Drive since then (or lists the whole library), compares the
 * result with the affected documents, and writes the differences together with the new checkpoint. The rules for
 * the comparison are in plan/.
 */
import { openRun, type RunContext, type RunNotes, type RunOptions } from './context.ts';
import { runCauses } from './core/causes.ts';
import type { Settings } from './core/config.ts';
import { CheckpointConflict, DeadlineReached, errorOf, type SyncError } from './core/errors.ts';
import type { Logs, Progress, RunReport } from './core/logs.ts';
import { type Usage, usageOf } from './core/usage.ts';
import { logHeld } from './plan/guard.ts';
import { planRun } from './plan/plan-run.ts';
import { type RunRequest, requestedActions } from './trigger/event.ts';
import { createRunCounts } from './write/counts.ts';
import { createHistory } from './write/run-history.ts';
import { type RunOutputs, writePlanned } from './write/write-run.ts';

/** How a run ended. Unless it completed, the rest of the work is left to another run. */
export type Outcome =
  | ({ kind: 'completed' } & RunReport)
  | ({ kind: 'continues' } & Progress)
  | ({ kind: 'interrupted' } & Progress)
  | { kind: 'overtaken'; usage: Usage };

/** How many times a run starts in total when other runs keep updating the checkpoint. */
const maxAttempts = 3;

/**
 * Brings the catalog into sync with the library.
 *
 * @throws SyncError if the run fails; committed changes are kept, and the checkpoint is never ahead of them
 */
export async function sync(
  request: RunRequest,
  settings: Settings,
  logs: Logs,
  options: RunOptions = {},
): Promise<Outcome> {
  const began = performance.now();
  const runCounts = createRunCounts(logs);
  const { context, close } = openRun(settings, logs, options);
  const { meter } = context;
  const history = createHistory({ ...context, runCounts });
  const noted = withNotes(context, history);
  const progress = () => ({
    ...runCounts.counts,
    usage: usageOf(meter),
    durationMs: Math.round(performance.now() - began),
  });
  try {
    for (let tries = 1; tries <= maxAttempts; tries++) {
      try {
        const report = {
          ...(await runOnce(noted, request, { runCounts, history })),
          ...progress(),
        };
        logs.runCompleted(report);
        return { kind: 'completed', ...report };
      } catch (error) {
        if (error instanceof DeadlineReached && options.signal?.aborted) {
          logs.runInterrupted(progress());
          return { kind: 'interrupted', ...progress() };
        }
        if (error instanceof DeadlineReached && meter.commits > 0)
          return { kind: 'continues', ...progress() };
        if (error instanceof DeadlineReached) throw outOfTime(settings.runSeconds, request, error);
        if (!(error instanceof CheckpointConflict)) throw error;
        logs.checkpointConflict(tries);
      }
    }
    // Other runs keep updating the checkpoint, so they keep the catalog in sync without this one.
    return { kind: 'overtaken', usage: usageOf(meter) };
  } catch (error) {
    await history.fail(error);
    logs.runFailed(error, usageOf(meter));
    throw error;
  } finally {
    await close();
  }
}

/**
 * Adds to the context what is recorded while a run is planned: the facts for its run record, which is the same one
 * in every `withShare` context, and the log line `run_started`. A run that is killed before its first commit leaves
 * only that line.
 */
function withNotes(context: RunContext, history: RunNotes): RunContext {
  const { withShare, logs } = context;
  let logged: RunReport['mode'] | undefined;
  const notes: RunNotes = {
    ...history,
    note(known) {
      history.note(known);
      const { mode, reason = '' } = known;
      if (mode === undefined || mode === logged) return;
      if (logged === undefined) logs.runStarted(mode, reason);
      else logs.modeChanged(mode, reason);
      logged = mode;
    },
  };
  return {
    ...context,
    notes,
    withShare: (seconds, work) => withShare(seconds, (share) => work({ ...share, notes })),
  };
}

async function runOnce(
  context: RunContext,
  request: RunRequest,
  outputs: RunOutputs,
): Promise<Omit<RunReport, keyof Progress>> {
  const planned = await planRun(context, request);
  const { mode, reason, proposal, deferredError, stored } = planned;
  if (proposal) {
    if (planned.writes)
      await writePlanned(context, planned, proposal, outputs).catch((error) => {
        // The error of the deferred reconcile matters more than the fact that the incremental run timed out too.
        throw deferredError && error instanceof DeadlineReached ? deferredError : error;
      });
    if (proposal.incompleteReason) throw proposal.incompleteReason;
  }
  const finalCheckpoint = proposal?.finalCheckpoint ?? stored.checkpoint;
  logHeld(context.logs, finalCheckpoint, proposal);
  if (deferredError) throw deferredError;
  return {
    mode,
    reason,
    held: finalCheckpoint?.held?.count ?? 0,
    heldUpdates: finalCheckpoint?.heldUpdates?.count ?? 0,
    books: finalCheckpoint?.books ?? 0,
  };
}

/**
 * Retryable only if the message requested something. The event of a scheduled run is not delivered again: each
 * delivery would list the whole library again, and the next scheduled run tries anyway.
 */
function outOfTime(seconds: number, request: RunRequest, cause: unknown): SyncError {
  return errorOf(
    runCauses.outOfTime,
    `The run reached its ${seconds} s time limit before it could write anything`,
    {
      retryable: requestedActions(request).length > 0,
      reason: 'outOfTime',
      cause,
    },
  );
}
