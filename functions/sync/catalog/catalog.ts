/** The few Firestore operations that this program uses. Each call is metered and retried, and has a timeout. */
import { randomUUID } from 'node:crypto';
import {
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  type Timestamp,
  type WriteBatch,
} from 'firebase-admin/firestore';
import type { Settings } from '../core/config.ts';
import { type Deadline, withTimeout } from '../core/deadline.ts';
import type { Retry } from '../core/retry.ts';
import type { Meter } from '../core/usage.ts';
import { type BookDocument, readBookDocument, readFields } from './book-document.ts';
import {
  type Checkpoint,
  checkpointFields,
  readCheckpointFields,
  type StoredCheckpoint,
} from './checkpoint.ts';
import { connect } from './connection.ts';
import { catalogTimeout, isConflict } from './errors.ts';
import { createFirestoreCall, type FirestoreCall } from './firestore-call.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Documents per page when the whole catalog is read. If their number is a multiple of this, the last page is empty
 * and costs one extra read.
 */
const pageSize = 1_024;
/** Firestore's limit on the number of values in one `in` filter. */
const maxValues = 30;
/** How long a failed run waits for its run record to be written, in milliseconds. */
const historyWriteTimeoutMs = 5_000;

/** One write. Its precondition makes it harmless if the write arrives late or twice. */
export type Write =
  | { kind: 'create'; docId: string; set: Record<string, unknown>; stamp: readonly string[] }
  | {
      kind: 'update';
      docId: string;
      updateTime: Timestamp;
      set: Record<string, unknown>;
      clear: readonly string[];
      stamp: readonly string[];
    }
  | { kind: 'delete'; docId: string; updateTime: Timestamp };

/** The checkpoint to commit with the documents. It replaces the version that the run last read or wrote. */
export interface CheckpointWrite {
  checkpoint: Checkpoint;
  replaces: Timestamp | undefined;
}

export interface Catalog {
  readCheckpoint(): Promise<StoredCheckpoint>;
  /** Every document that belongs to a file, in pages, ordered by document id. */
  allBooks(): AsyncGenerator<BookDocument[]>;
  /** The documents that belong to these files, whatever their document ids are. */
  booksOf(fileIds: readonly string[]): Promise<BookDocument[]>;
  /** Reads the checkpoint and the documents with these ids again, as they are now. */
  reread(
    docIds: readonly string[],
  ): Promise<{ checkpoint: StoredCheckpoint; documents: Map<string, BookDocument> }>;
  /** Commits all writes or none. "conflict": a document, or the checkpoint, changed after its write was planned. */
  commit(
    writes: readonly Write[],
    checkpoint: CheckpointWrite,
  ): Promise<{ updateTime: Timestamp } | 'conflict'>;
  /**
   * Replaces only the run history, and only if the checkpoint still has the given version. Tries once, with a short
   * timeout. Does not try at all if an earlier Firestore call of this run failed, or if the run has ended. Never
   * throws.
   *
   * @returns false if it is not certain that the history was written
   */
  writeRuns(runs: readonly RunRecord[], replaces: Timestamp): Promise<boolean>;
  /** True if this `Catalog` instance wrote the stored checkpoint. */
  wrote(stored: StoredCheckpoint): boolean;
  close(): Promise<void>;
}

export interface CatalogContext {
  settings: Settings;
  meter: Meter;
  retry: Retry;
  deadline: Deadline;
}

/** Opens Firestore for one run. It connects on the first call. */
export function openCatalog({ settings, meter, retry, deadline }: CatalogContext): Catalog {
  const { firestore, track, close } = connect(settings, deadline);
  const books = firestore.collection(settings.collection);
  const state = firestore.collection(settings.stateCollection).doc(settings.folder.id);
  const run = randomUUID();
  const callOnce = createFirestoreCall({ retry, deadline, track });
  let commits = 0;
  let isBroken = false;

  const call: FirestoreCall = (operation, request) =>
    callOnce(operation, request).catch((error) => {
      isBroken = true;
      throw error;
    });

  return {
    async readCheckpoint() {
      const snapshot = await call('reading the checkpoint', () => state.get());
      meter.add('reads');
      return toStored(snapshot);
    },

    async *allBooks() {
      const query = books
        .orderBy(FieldPath.documentId())
        .select(...readFields)
        .limit(pageSize);
      let last: DocumentSnapshot | undefined;
      do {
        const after = last;
        const page = await call('reading the catalog', () => (after ? query.startAfter(after) : query).get());
        meter.add('reads', Math.max(1, page.size));
        yield page.docs.flatMap((document) => toBook(document));
        last = page.size === pageSize ? page.docs.at(-1) : undefined;
      } while (last);
    },

    async booksOf(fileIds) {
      const found: BookDocument[] = [];
      for (let start = 0; start < fileIds.length; start += maxValues) {
        const some = fileIds.slice(start, start + maxValues);
        const page = await call('reading documents', () =>
          books
            .where('drive_id', 'in', some)
            .select(...readFields)
            .get(),
        );
        meter.add('reads', Math.max(1, page.size));
        found.push(...page.docs.flatMap((document) => toBook(document)));
      }
      return found;
    },

    async reread(docIds) {
      const checkpoint = await call('reading the checkpoint', () => state.get());
      const refs = docIds.map((id) => books.doc(id));
      const snapshots =
        refs.length === 0
          ? []
          : await call('rereading documents', () =>
              firestore.getAll(...refs, { fieldMask: [...readFields] }),
            );
      meter.add('reads', 1 + docIds.length);
      // An add can fail because its document id is taken. If that document has no usable `drive_id`, it is adopted.
      const found = snapshots.flatMap((snapshot) => toBook(snapshot, snapshot.id));
      return {
        checkpoint: toStored(checkpoint),
        documents: new Map(found.map((book) => [book.docId, book])),
      };
    },

    async commit(writes, { checkpoint, replaces }) {
      commits += 1;
      const fields = checkpointFields(checkpoint, `${run}/${commits}`);
      const deletes = writes.filter(({ kind }) => kind === 'delete').length;
      // A batch cannot be committed twice, so each attempt builds its own.
      const result = await call('writing the catalog', () => {
        const batch = firestore.batch();
        for (const write of writes) addToBatch(batch, books.doc(write.docId), write);
        if (replaces) batch.update(state, fields, { lastUpdateTime: replaces });
        else batch.create(state, fields);
        return batch.commit().catch((error) => {
          if (isConflict(error)) return 'conflict' as const;
          throw error;
        });
      });
      if (result === 'conflict') return result;
      meter.add('commits');
      meter.add('deletes', deletes);
      meter.add('writes', result.length - deletes);
      return { updateTime: result.at(-1)?.writeTime as Timestamp };
    },

    async writeRuns(runs, replaces) {
      if (isBroken || deadline.signal.aborted) return false;
      commits += 1;
      // Sets `writer` too. Otherwise the previous writer's name would stay, and that run would take this version
      // for its own commit.
      const fields = { runs, writer: `${run}/${commits}` };
      const brief = { ...deadline, callTimeoutMs: historyWriteTimeoutMs };
      const work = () => state.update(fields, { lastUpdateTime: replaces });
      try {
        await withTimeout(work, brief, () =>
          catalogTimeout('writing the run history', historyWriteTimeoutMs),
        );
      } catch {
        return false;
      }
      meter.add('commits');
      meter.add('writes');
      return true;
    },

    wrote: ({ writer }) => writer?.startsWith(`${run}/`) ?? false,
    close,
  };
}

function toStored(snapshot: DocumentSnapshot): StoredCheckpoint {
  const fields = snapshot.data();
  if (!fields || !snapshot.updateTime)
    return { checkpoint: undefined, updateTime: undefined, writer: undefined, unreadable: undefined };
  const read = readCheckpointFields(fields);
  return {
    checkpoint: read.kind === 'checkpoint' ? read.checkpoint : undefined,
    unreadable: read.kind === 'unreadable' ? read.why : undefined,
    updateTime: snapshot.updateTime,
    writer: typeof fields.writer === 'string' ? fields.writer : undefined,
  };
}

function toBook(snapshot: DocumentSnapshot, standsFor?: string): BookDocument[] {
  const { id, createTime, updateTime } = snapshot;
  const fields = snapshot.data();
  if (!fields || !createTime || !updateTime) return [];
  const book = readBookDocument(id, fields, { createTime, updateTime }, standsFor);
  return book ? [book] : [];
}

function addToBatch(batch: WriteBatch, document: DocumentReference, write: Write): void {
  if (write.kind === 'delete') {
    batch.delete(document, { lastUpdateTime: write.updateTime });
    return;
  }
  const fields: Record<string, unknown> = { ...write.set };
  for (const field of write.stamp) fields[field] = FieldValue.serverTimestamp();
  if (write.kind === 'create') {
    batch.create(document, fields);
    return;
  }
  for (const field of write.clear) fields[field] = FieldValue.delete();
  batch.update(document, fields, { lastUpdateTime: write.updateTime });
}
