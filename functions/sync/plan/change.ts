/** The changes that a plan consists of. */
import type { BookDocument } from '../catalog/book-document.ts';
import type { LibraryBook } from '../core/book.ts';
import type { FieldChanges } from '../core/logs.ts';

/** What happens to the document of a book that left the library. */
export type RemovalMode = 'mark' | 'delete' | 'keep';

/** One document to write. `clear` lists the fields to delete, `stamp` the fields to set to the server's time. */
export type Change =
  | {
      kind: 'add';
      docId: string;
      fileId: string;
      title: string;
      book: LibraryBook;
      set: Record<string, unknown>;
      stamp: string[];
    }
  | {
      kind: 'update' | 'restore';
      docId: string;
      fileId: string;
      title: string;
      book: LibraryBook;
      read: BookDocument;
      set: Record<string, unknown>;
      clear: string[];
      stamp: string[];
      changes: FieldChanges;
      /** True if newer metadata rules are the only reason for this change. */
      byRulesAlone: boolean;
      /** True if there is nothing to write unless the content, which has yet to be read, requires it. */
      onlyReadsContent: boolean;
    }
  | {
      kind: 'remove';
      docId: string;
      fileId: string;
      title: string;
      read: BookDocument;
      mode: 'mark' | 'delete';
    };

/** By how much these changes increase the number of books in the catalog; negative if they decrease it. */
export function bookCountDelta(changes: Iterable<Change>): number {
  let delta = 0;
  for (const change of changes) {
    if (change.kind === 'add' || change.kind === 'restore') delta += 1;
    else if (change.kind === 'remove' && !change.read.removed) delta -= 1;
  }
  return delta;
}
