/**
 * One run of the sync, top to bottom.
 *
 * It reads the checkpoint, asks Drive what changed since (or lists everything), compares that with the documents
 * concerned, and writes the differences together with the new checkpoint. The rules it compares by are in plan.ts.
 */

import type { BookDocument } from './catalog/book-document.ts';
import type { Proposal, RunContext } from './context.ts';
import type { Settings } from './core/config.ts';
import { untilOver } from './core/deadline.ts';
import { DeadlineReached, DriveScanError, Overtaken } from './core/errors.ts';
import type { Logs, Progress, RunReport } from './core/logs.ts';
import { type Usage, usageOf } from './core/usage.ts';
import { openRun, type RunOptions } from './open-run.ts';
import type { Change } from './plan/change.ts';
import { announceHeld } from './plan/guard.ts';
import { planBook } from './plan/plan-book.ts';
import { type PlannedRun, planRun } from './plan/plan-run.ts';
import { planRemoval } from './plan/planner.ts';
import { askedBy, type Tick } from './trigger/event.ts';
import { createTally, type Tally } from './write/counts.ts';
import { createContents } from './write/read-contents.ts';
import { createHistory, type History } from './write/run-history.ts';
import { apply } from './write/write-batches.ts';

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
          ...(await runOnce(withHistory(context, history), tick, { tally, history })),
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

/** What a run leaves beside the books: its lines and counts, and its record. */
interface Leaves {
  tally: Tally;
  history: History;
}

/** The record of a run is one, whichever part of its time something is done in. */
function withHistory(context: RunContext, history: History): RunContext {
  const { withShare } = context;
  return {
    ...context,
    history,
    withShare: (seconds, work) => withShare(seconds, (share) => work({ ...share, history })),
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

async function applyPlanned(
  context: RunContext,
  { stored, updates, removals, putOff }: PlannedRun,
  { adds, meanwhile, final, gap }: Proposal,
  { tally, history }: Leaves,
): Promise<void> {
  const { catalog, settings, deadline, onProgress } = context;
  const readContents = createContents({ ...context, onUnreadable: tally.unreadable });
  const total = adds.size + updates.length + removals.length;
  let done = 0;
  const applying = {
    catalog,
    deadline,
    writesPerSecond: settings.writesPerSecond,
    prepare: (changes: readonly Change[]) => untilOver(readContents(changes), deadline),
    replan: (change: Change, document: BookDocument | undefined) =>
      planAgain(change, document, settings.removals),
    runsAfter: (changes: readonly Change[], isEnd: boolean) =>
      history.after(changes, isEnd ? { failure: gap ?? putOff } : undefined),
    onCommitted: history.committed,
    onApplied(change: Change) {
      tally.count(change);
      done += 1;
      onProgress?.({ step: 'writing', done, total });
    },
  };
  await apply(applying, {
    changes: inOrder(adds, updates, removals),
    meanwhile,
    final,
    replaces: stored.updateTime,
  });
}

/** What is new first: where the time runs out, that is what readers miss most. */
function* inOrder(adds: Iterable<Change>, updates: Change[], removals: Change[]): Generator<Change> {
  yield* adds;
  yield* updates;
  yield* removals;
}

function planAgain(
  change: Change,
  document: BookDocument | undefined,
  mode: Settings['removals'],
): Change | undefined {
  if (change.kind === 'remove') return document && planRemoval(document, mode);
  return planBook(change.book, document);
}

/** A plain tick is not delivered again: the whole listing would be made over and over, and the next tick tries anyway. */
function outOfTime(seconds: number, tick: Tick, cause: unknown): DriveScanError {
  return new DriveScanError(`The run used up its ${seconds} s before it could write anything`, {
    hint: 'The library is too large to be listed and compared in that time, or Drive or Firestore is very slow. Give the function more memory, which brings more CPU, or split the library.',
    retryable: askedBy(tick).length > 0,
    reason: 'outOfTime',
    cause,
  });
}
