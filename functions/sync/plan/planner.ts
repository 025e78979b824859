/**
 * Pure functions: compare the library with the catalog and plan what a run writes. What one document should hold is
 * decided in plan-book.ts.
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

/** Plans what happens to a document whose file is no longer in the library; undefined if nothing does. */
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

/** What a run would write, and what it found while comparing. */
export interface Plan {
  /** Updates and restores. */
  updates: Change[];
  adds: Adds;
  removals: Change[];
  /** Duplicate documents of a file. `current` is kept up to date, `other` is left alone. */
  duplicates: { fileId: string; current: string; other: string }[];
  /** The number of compared documents that are not marked as removed. */
  books: number;
}

/** The documents to add. They are created one at a time, because a large first import would not fit in memory. */
export interface Adds extends Iterable<Change> {
  size: number;
}

export interface Planner {
  /** Compares one document of the catalog. The document is kept in memory only if it must be written. */
  take(document: BookDocument): void;
  /** Returns the plan after every document has been taken. Files of the library without a document are added. */
  finish(library: Iterable<string>): Plan;
}

/**
 * Compares documents with the library one at a time, so that a large catalog does not have to fit in memory.
 *
 * @param bookOf returns the library's book with this file id, or undefined if there is none
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

/** The older document stays current. If both are equally old, the id decides: every run must decide the same way. */
function isOlder(a: Age, b: Age): boolean {
  return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt : a.docId < b.docId;
}

/** What a run would do: the plan, and the checkpoints that go with it. */
export interface Proposal extends Plan {
  /** The checkpoint while there are still changes to write. */
  interimCheckpoint: Checkpoint;
  /** The checkpoint after all changes are written. `planRun` fills in the number of books and what is held. */
  finalCheckpoint: Checkpoint;
  /** Why the library could not be listed completely; undefined if it could. */
  incompleteReason: SyncError | undefined;
}

/** Creates a planner that compares documents with these files of the library. */
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
