/** Writes a plan to the catalog: in batches, each whole or not at all, each with the checkpoint. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Timestamp } from 'firebase-admin/firestore';
import type { BookDocument } from '../catalog/book-document.ts';
import type { Catalog, CheckpointWrite, Write } from '../catalog/catalog.ts';
import type { Checkpoint } from '../catalog/checkpoint.ts';
import type { RunRecord } from '../catalog/run-record.ts';
import { runCauses } from '../core/causes.ts';
import type { Deadline } from '../core/deadline.ts';
import { CheckpointConflict, DeadlineReached, errorOf } from '../core/errors.ts';
import { bookCountDelta, type Change } from '../plan/change.ts';

/** Documents a commit; Firestore takes 500 writes and 10 MiB. */
export const batchSize = 400;
/** How often one batch is planned anew before the run gives up. */
const maxConflicts = 3;

export interface BatchPlan {
  /** Taken one batch at a time. */
  changes: Iterable<Change>;
  /** The checkpoint while changes are outstanding: it points where the run began. */
  interimCheckpoint: Checkpoint;
  /** The checkpoint when everything is applied. */
  finalCheckpoint: Checkpoint;
  /** The stored checkpoint this run began from. */
  replaces: Timestamp | undefined;
}

export interface WriteContext {
  catalog: Catalog;
  deadline: Deadline;
  writesPerSecond: number;
  /** Completes a batch before it is written; `rest` is what there was no time for. */
  prepare: (changes: readonly Change[]) => Promise<{ ready: Change[]; rest: Change[] }>;
  /** Plans one change again, for the document as it is now. */
  replan: (change: Change, document: BookDocument | undefined) => Change | undefined;
  /** The run history to write beside these changes; `isEnd` where nothing is left to do after them. */
  runsAfter: (changes: readonly Change[], isEnd: boolean) => RunRecord[];
  /** Told of each change once it is committed. */
  onApplied: (change: Change) => void;
  /** Told the version of the checkpoint that a batch has left. */
  onCommitted: (updateTime: Timestamp) => void;
}

/**
 * Writes all changes, the checkpoint with each batch; only the last one moves it on. So a run that was killed, or
 * cut off by its deadline, has lost nothing, and a run that another one overtook notices before it writes anything
 * it read too early.
 *
 * @throws Overtaken where another run moved the checkpoint; nothing of the current batch was written
 * @throws DeadlineReached when time is short; what was committed stays
 * @throws CatalogError where documents keep changing under the run, and what a call throws
 */
export async function writeBatches(context: WriteContext, application: BatchPlan): Promise<void> {
  const { changes, interimCheckpoint, finalCheckpoint } = application;
  let { replaces } = application;
  let { books } = interimCheckpoint;
  let first = true;
  for (const { batch, isLast } of batchesOf(changes, batchSize)) {
    if (!first && context.deadline.isNear()) throw new DeadlineReached();
    first = false;
    const { ready, rest } = await context.prepare(batch);
    if (rest.length > 0 && ready.length === 0) throw new DeadlineReached();
    const began = performance.now();
    const isEnd = isLast && rest.length === 0;
    // Where the run ends before its end, what it has written counts all the same.
    const checkpointAfter = (written: readonly Change[]) =>
      isEnd ? finalCheckpoint : { ...interimCheckpoint, books: books + bookCountDelta(written) };
    const committed = await commitBatch(context, ready, { checkpointAfter, isEnd, replaces });
    replaces = committed.updateTime;
    books += bookCountDelta(committed.changes);
    if (rest.length > 0) throw new DeadlineReached();
    if (!isLast) await pace(context, ready.length, began);
  }
}

/** What goes with a batch. */
interface BatchEnd extends Pick<CheckpointWrite, 'replaces'> {
  checkpointAfter: (written: readonly Change[]) => Checkpoint;
  isEnd: boolean;
}

/** A batch as it was written in the end, and the version of the checkpoint it left. */
interface Committed {
  changes: readonly Change[];
  updateTime: Timestamp;
}

async function commitBatch(
  context: WriteContext,
  batch: readonly Change[],
  { checkpointAfter, isEnd, replaces }: BatchEnd,
): Promise<Committed> {
  const { catalog, replan } = context;
  let changes = batch;
  for (let conflicts = 0; ; conflicts++) {
    const runs = context.runsAfter(changes, isEnd);
    const result = await catalog.commit(changes.map(toWrite), {
      checkpoint: { ...checkpointAfter(changes), runs },
      replaces,
    });
    if (result !== 'conflict') return tell(context, changes, result.updateTime);
    const now = await catalog.reread(changes.map(({ docId }) => docId));
    const { updateTime } = now.checkpoint;
    if (updateTime && replaces ? !updateTime.isEqual(replaces) : updateTime !== replaces) {
      if (!updateTime || !catalog.wrote(now.checkpoint)) throw new CheckpointConflict();
      // The answer of an earlier try was lost, not the commit itself: the conflict is with ourselves, all is well.
      return tell(context, changes, updateTime);
    }
    if (conflicts === maxConflicts) {
      const said = `Documents changed under the run ${maxConflicts} times in a row`;
      throw errorOf(runCauses.conflict, said, { reason: 'conflict' });
    }
    changes = changes.flatMap((change) => replan(change, now.documents.get(change.docId)) ?? []);
  }
}

function tell(
  { onApplied, onCommitted }: WriteContext,
  changes: readonly Change[],
  updateTime: Timestamp,
): Committed {
  for (const change of changes) onApplied(change);
  onCommitted(updateTime);
  return { changes, updateTime };
}

function toWrite(change: Change): Write {
  switch (change.kind) {
    case 'add':
      return { kind: 'create', docId: change.docId, set: change.set, stamp: change.stamp };
    case 'update':
    case 'restore':
      return {
        kind: 'update',
        docId: change.docId,
        updateTime: change.read.updateTime,
        set: change.set,
        clear: change.clear,
        stamp: change.stamp,
      };
    case 'remove':
      return change.mode === 'delete'
        ? { kind: 'delete', docId: change.docId, updateTime: change.read.updateTime }
        : {
            kind: 'update',
            docId: change.docId,
            updateTime: change.read.updateTime,
            set: {},
            clear: [],
            stamp: ['removed_date', 'updated_date'],
          };
  }
}

/** Firestore's guide asks new traffic to begin at 500 writes a second; sequential index values hold it there. */
async function pace(
  { writesPerSecond, deadline }: WriteContext,
  written: number,
  began: number,
): Promise<void> {
  const waitMs = (written / writesPerSecond) * 1000 - (performance.now() - began);
  // Whoever ends the run does not want to wait for the rest of it.
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: deadline.signal }).catch(() => {});
}

/** At least one batch, be it empty: the checkpoint is written with it. */
function* batchesOf<T>(items: Iterable<T>, size: number): Generator<{ batch: T[]; isLast: boolean }> {
  let batch: T[] = [];
  for (const item of items) {
    if (batch.length === size) {
      yield { batch, isLast: false };
      batch = [];
    }
    batch.push(item);
  }
  yield { batch, isLast: true };
}
