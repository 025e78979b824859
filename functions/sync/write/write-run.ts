import type { BookDocument } from '../catalog/book-document.ts';
import type { RunContext } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { untilOver } from '../core/deadline.ts';
import type { Change } from '../plan/change.ts';
import { planBook } from '../plan/plan-book.ts';
import type { PlannedRun } from '../plan/plan-run.ts';
import { type Proposal, planRemoval } from '../plan/planner.ts';
import type { Tally } from './counts.ts';
import { createContents } from './read-contents.ts';
import type { History } from './run-history.ts';
import { apply } from './write-batches.ts';

/** What a run leaves beside the books: its lines and counts, and its record. */
export interface Leaves {
  tally: Tally;
  history: History;
}

export async function applyPlanned(
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
