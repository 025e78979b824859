/**
 * One run of the sync, top to bottom.
 *
 * It reads the checkpoint, asks Drive what changed since (or lists everything), compares that with the documents
 * concerned, and writes the differences together with the new checkpoint. The rules it compares by are in plan.ts.
 */

import { openRun, type RunContext, type RunNotes, type RunOptions } from './context.ts';
import { runCauses } from './core/causes.ts';
import type { Settings } from './core/config.ts';
import { DeadlineReached, errorOf, Overtaken, type SyncError } from './core/errors.ts';
import type { Logs, Progress, RunReport } from './core/logs.ts';
import { type Usage, usageOf } from './core/usage.ts';
import { announceHeld } from './plan/guard.ts';
import { planRun } from './plan/plan-run.ts';
import { askedBy, type Tick } from './trigger/event.ts';
import { createTally } from './write/counts.ts';
import { createHistory } from './write/run-history.ts';
import { applyPlanned, type Leaves } from './write/write-run.ts';

/** How a run ended: all done, or not all and the rest is another run's. */
export type Outcome =
  | ({ kind: 'completed' } & RunReport)
  | ({ kind: 'continues' } & Progress)
  | ({ kind: 'interrupted' } & Progress)
  | { kind: 'overtaken'; usage: Usage };

/** How often a run that another one overtook begins again. */
const mostTries = 3;

/**
 * Makes the catalog true to the library.
 *
 * @throws SyncError; what was committed stays, and the checkpoint is not ahead of it
 */
export async function sync(
  tick: Tick,
  settings: Settings,
  logs: Logs,
  options: RunOptions = {},
): Promise<Outcome> {
  const began = performance.now();
  const tally = createTally(logs);
  const { context, close } = openRun(settings, logs, options);
  const { meter } = context;
  const history = createHistory({ ...context, tally });
  const progress = () => ({
    ...tally.counts,
    usage: usageOf(meter),
    durationMs: Math.round(performance.now() - began),
  });
  try {
    for (let tries = 1; tries <= mostTries; tries++) {
      try {
        const report = {
          ...(await runOnce(withNotes(context, history), tick, { tally, history })),
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
        if (error instanceof DeadlineReached) throw outOfTime(settings.runSeconds, tick, error);
        if (!(error instanceof Overtaken)) throw error;
        logs.runOvertaken(tries);
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

/** The record of a run is one, whichever part of its time something is done in. */
function withNotes(context: RunContext, notes: RunNotes): RunContext {
  const { withShare } = context;
  return {
    ...context,
    notes,
    withShare: (seconds, work) => withShare(seconds, (share) => work({ ...share, notes })),
  };
}

async function runOnce(
  context: RunContext,
  tick: Tick,
  leaves: Leaves,
): Promise<Omit<RunReport, keyof Progress>> {
  const planned = await planRun(context, tick);
  const { mode, reason, proposal, putOff, stored } = planned;
  if (proposal) {
    if (planned.writes)
      await applyPlanned(context, planned, proposal, leaves).catch((error) => {
        // That what the feed told did not fit either is the lesser news.
        throw putOff && error instanceof DeadlineReached ? putOff : error;
      });
    if (proposal.gap) throw proposal.gap;
  }
  const final = proposal?.final ?? stored.checkpoint;
  announceHeld(context.logs, final, proposal);
  if (putOff) throw putOff;
  return {
    mode,
    reason,
    held: final?.held?.count ?? 0,
    heldUpdates: final?.heldUpdates?.count ?? 0,
    books: final?.books ?? 0,
  };
}

/** A plain tick is not delivered again: the whole listing would be made over and over, and the next tick tries anyway. */
function outOfTime(seconds: number, tick: Tick, cause: unknown): SyncError {
  return errorOf(runCauses.outOfTime, `The run used up its ${seconds} s before it could write anything`, {
    retryable: askedBy(tick).length > 0,
    reason: 'outOfTime',
    cause,
  });
}
