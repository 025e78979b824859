/**
 * Pure: what the library and the catalog say -> what a run writes. What one document should hold is in plan-book.ts.
 */

import type { BookDocument } from '../catalog/book-document.ts';
import type { Checkpoint } from '../catalog/checkpoint.ts';
import type { OnCompared, RunContext } from '../context.ts';
import type { LibraryBook } from '../core/book.ts';
import type { SyncError } from '../core/errors.ts';
import type { LibraryFile } from '../drive/items.ts';
import type { Change, RemovalMode } from './change.ts';
import { toLibraryBook } from './library-book.ts';
import { planAdd, planBook, titleOf } from './plan-book.ts';

/** What becomes of a document whose file is in the library no more. */
export function planRemoval(document: BookDocument, mode: RemovalMode): Change | undefined {
  if (mode === 'keep' || (document.removed && mode === 'mark')) return undefined;
  return {
    kind: 'remove',
    docId: document.docId,
    fileId: document.fileId,
    title: titleOf(document),
    read: document,
    mode,
  };
}

/** What a run would write, and what it saw on the way. */
export interface Plan {
  /** Updates and restores. */
  updates: Change[];
  adds: Adds;
  removals: Change[];
  /** Documents beside the one that counts for a file; they are left alone. */
  duplicates: { fileId: string; current: string; other: string }[];
  /** Documents met that are not marked as removed. */
  books: number;
}

/** The documents to add, made one at a time: the first import of a large library would not fit in memory. */
export interface Adds extends Iterable<Change> {
  size: number;
}

export interface Planner {
  /** Takes one document of the catalog; nothing of it is kept unless it is to be written. */
  take(document: BookDocument): void;
  /** The plan, once every document has been taken: what is left of the library is to be added. */
  finish(library: Iterable<string>): Plan;
}

/**
 * Compares documents with the library one at a time, so that a large catalog need not be held in memory.
 *
 * @param bookOf the book of the library with this file id; undefined where the library has none
 */
export function createPlanner(
  bookOf: (fileId: string) => LibraryBook | undefined,
  mode: RemovalMode,
  onCompared?: OnCompared,
): Planner {
  const current = new Map<string, Age & { change: Change | undefined }>();
  const removals: Change[] = [];
  const duplicates: Plan['duplicates'] = [];
  let books = 0;
  return {
    take(document) {
      const { fileId, docId, createdAt } = document;
      if (!document.removed) books += 1;
      const book = bookOf(fileId);
      if (!book) {
        const removal = planRemoval(document, mode);
        if (removal) removals.push(removal);
        return;
      }
      const rival = current.get(fileId);
      if (rival && isOlder(rival, document)) {
        duplicates.push({ fileId, current: rival.docId, other: docId });
        return;
      }
      if (rival) duplicates.push({ fileId, current: docId, other: rival.docId });
      onCompared?.(book, document);
      current.set(fileId, { docId, createdAt, change: planBook(book, document) });
    },
    finish(library) {
      const updates: Change[] = [];
      for (const { change } of current.values()) if (change) updates.push(change);
      const missing = [...library].filter((fileId) => !current.has(fileId));
      return { updates, adds: createAdds(missing, bookOf), removals, duplicates, books };
    },
  };
}

function createAdds(fileIds: string[], bookOf: (fileId: string) => LibraryBook | undefined): Adds {
  return {
    size: fileIds.length,
    *[Symbol.iterator]() {
      for (const fileId of fileIds) {
        const book = bookOf(fileId);
        if (book) yield planAdd(book);
      }
    },
  };
}

type Age = Pick<BookDocument, 'docId' | 'createdAt'>;

/** The older document stays current; the id decides between two of one moment, so that every run decides alike. */
function isOlder(a: Age, b: Age): boolean {
  return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt : a.docId < b.docId;
}

/** What a run would do: the plan, and the checkpoint that goes with it. */
export interface Proposal extends Plan {
  /** The checkpoint while changes are outstanding. */
  interimCheckpoint: Checkpoint;
  /** The checkpoint when all is applied; the count of books and the held removals are filled in then. */
  finalCheckpoint: Checkpoint;
  /** Why the library was not seen whole, if it was not. */
  incompleteReason: SyncError | undefined;
}

/** A planner that compares with these files of the library. */
export function planFor(
  { settings, onCompared }: RunContext,
  fileOf: (fileId: string) => LibraryFile | undefined,
): Planner {
  return createPlanner(
    (fileId) => {
      const file = fileOf(fileId);
      return file && toLibraryBook(file, settings.embeddedMetadata);
    },
    settings.removals,
    onCompared,
  );
}
