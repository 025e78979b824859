/** Writes a planned run to the catalog. */
import type { BookDocument } from '../catalog/book-document.ts';
import type { RunContext } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { untilDeadline } from '../core/deadline.ts';
import type { Change } from '../plan/change.ts';
import { planBook } from '../plan/plan-book.ts';
import type { PlannedRun } from '../plan/plan-run.ts';
import { type Proposal, planRemoval } from '../plan/planner.ts';
import type { RunCounts } from './counts.ts';
import { createContents } from './read-contents.ts';
import type { History } from './run-history.ts';
import { writeBatches } from './write-batches.ts';

/** What a run produces besides the books: its log lines and counts, and its run record. */
export interface RunOutputs {
  runCounts: RunCounts;
  history: History;
}

export async function writePlanned(
  context: RunContext,
  { stored, updates, removals, deferredError }: PlannedRun,
  { adds, interimCheckpoint, finalCheckpoint, incompleteReason }: Proposal,
  { runCounts, history }: RunOutputs,
): Promise<void> {
  const { catalog, settings, deadline, onProgress } = context;
  const readContents = createContents({ ...context, onUnreadable: runCounts.unreadable });
  const total = adds.size + updates.length + removals.length;
  let done = 0;
  const writing = {
    catalog,
    deadline,
    writesPerSecond: settings.writesPerSecond,
    prepare: (changes: readonly Change[]) => untilDeadline(readContents(changes), deadline),
    replan: (change: Change, document: BookDocument | undefined) =>
      planAgain(change, document, settings.removals),
    runsAfter: (changes: readonly Change[], isEnd: boolean) =>
      history.after(changes, isEnd ? { failure: incompleteReason ?? deferredError } : undefined),
    onCommitted: history.committed,
    onApplied(change: Change) {
      runCounts.count(change);
      done += 1;
      onProgress?.({ step: 'writing', done, total });
    },
  };
  await writeBatches(writing, {
    changes: inOrder(adds, updates, removals),
    interimCheckpoint,
    finalCheckpoint,
    replaces: stored.updateTime,
  });
}

/** New books come first: if time runs out, they are what readers miss most. */
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
