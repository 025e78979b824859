/**
 * One run of the sync, top to bottom.
 *
 * It reads the checkpoint, asks Drive what changed since (or lists everything), compares that with the documents
 * concerned, and writes the differences together with the new checkpoint. The rules it compares by are in plan.ts.
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

/** How a run ended: all done, or not all and the rest is another run's. */
export type Outcome =
  | ({ kind: 'completed' } & RunReport)
  | ({ kind: 'continues' } & Progress)
  | ({ kind: 'interrupted' } & Progress)
  | { kind: 'overtaken'; usage: Usage };

/** How often a run that another one overtook begins again. */
const maxAttempts = 3;

/**
 * Makes the catalog true to the library.
 *
 * @throws SyncError; what was committed stays, and the checkpoint is not ahead of it
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
    // Others keep writing, so the catalog is being made true without us.
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
 * The context with what a run leaves while it is planned: its one record, whichever part of its time something is done
 * in, and the log line that says that it started. A run that is killed leaves that line and no other.
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
        // That what the feed told did not fit either is the lesser news.
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

/** A plain tick is not delivered again: the whole listing would be made over and over, and the next tick tries anyway. */
function outOfTime(seconds: number, request: RunRequest, cause: unknown): SyncError {
  return errorOf(runCauses.outOfTime, `The run used up its ${seconds} s before it could write anything`, {
    retryable: requestedActions(request).length > 0,
    reason: 'outOfTime',
    cause,
  });
}
