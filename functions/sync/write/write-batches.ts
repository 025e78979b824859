/** Writes a plan to the catalog in atomic batches. Each batch includes the checkpoint. */
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

/** Documents per commit. Firestore accepts 500 writes and 10 MiB. */
export const batchSize = 400;
/** How many times one batch is planned again before the run gives up. */
const maxConflicts = 3;

export interface BatchPlan {
  /** Consumed one batch at a time. */
  changes: Iterable<Change>;
  /** The checkpoint while there are still changes to write. Its page token is the one that the run started from. */
  interimCheckpoint: Checkpoint;
  /** The checkpoint after all changes are written. */
  finalCheckpoint: Checkpoint;
  /** The version of the stored checkpoint that this run started from. */
  replaces: Timestamp | undefined;
}

export interface WriteContext {
  catalog: Catalog;
  deadline: Deadline;
  writesPerSecond: number;
  /** Completes a batch before it is written. `rest` holds the changes for which no time was left. */
  prepare: (changes: readonly Change[]) => Promise<{ ready: Change[]; rest: Change[] }>;
  /** Plans one change again for the document as it is now. */
  replan: (change: Change, document: BookDocument | undefined) => Change | undefined;
  /** The run history to write with these changes. `isEnd` is true if nothing is left to do after them. */
  runsAfter: (changes: readonly Change[], isEnd: boolean) => RunRecord[];
  /** Called with each change after it is committed. */
  onApplied: (change: Change) => void;
  /** Called after each commit with the new version of the checkpoint. */
  onCommitted: (updateTime: Timestamp) => void;
}

/**
 * Writes all changes, and the checkpoint with each batch. Only the last batch advances the page token. So a run
 * that is killed, or cut off by its deadline, loses nothing. And a run that conflicts with another run finds that
 * out before it writes anything based on an outdated read.
 *
 * @throws CheckpointConflict if another run updated the checkpoint; nothing of the current batch was written
 * @throws DeadlineReached if too little time is left; what was committed stays
 * @throws CatalogError if documents keep changing while the run writes them; also what a Firestore call throws
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
    // If the run is cut off, the checkpoint must still count the books that it has written.
    const checkpointAfter = (written: readonly Change[]) =>
      isEnd ? finalCheckpoint : { ...interimCheckpoint, books: books + bookCountDelta(written) };
    const committed = await commitBatch(context, ready, { checkpointAfter, isEnd, replaces });
    replaces = committed.updateTime;
    books += bookCountDelta(committed.changes);
    if (rest.length > 0) throw new DeadlineReached();
    if (!isLast) await pace(context, ready.length, began);
  }
}

/** What is committed with a batch. */
interface BatchEnd extends Pick<CheckpointWrite, 'replaces'> {
  checkpointAfter: (written: readonly Change[]) => Checkpoint;
  isEnd: boolean;
}

/** A batch as it was finally written, and the new version of the checkpoint. */
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
    if (result !== 'conflict') return reportCommit(context, changes, result.updateTime);
    const now = await catalog.reread(changes.map(({ docId }) => docId));
    const { updateTime } = now.checkpoint;
    if (updateTime && replaces ? !updateTime.isEqual(replaces) : updateTime !== replaces) {
      if (!updateTime || !catalog.wrote(now.checkpoint)) throw new CheckpointConflict();
      // An earlier attempt succeeded, but its response was lost. The conflict is with this run's own commit.
      return reportCommit(context, changes, updateTime);
    }
    if (conflicts === maxConflicts) {
      const message = `Documents changed while the run was writing them, ${conflicts + 1} times in a row`;
      throw errorOf(runCauses.conflict, message, { reason: 'conflict' });
    }
    changes = changes.flatMap((change) => replan(change, now.documents.get(change.docId)) ?? []);
  }
}

function reportCommit(
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

/**
 * Limits the write rate. Firestore's guide says to start new traffic at 500 writes per second. In a collection with
 * sequential values in an indexed field, such as timestamps, that remains the limit.
 */
async function pace(
  { writesPerSecond, deadline }: WriteContext,
  written: number,
  began: number,
): Promise<void> {
  const waitMs = (written / writesPerSecond) * 1000 - (performance.now() - began);
  // If the run is ended, the rest of the wait is skipped.
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: deadline.signal }).catch(() => {});
}

/**
 * Splits the changes into batches. Yields at least one batch, even an empty one: the checkpoint is written with it.
 */
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
