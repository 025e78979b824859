/** What a plan consists of. */

import type { BookDocument } from '../catalog/book-document.ts';
import type { LibraryBook } from '../core/book.ts';
import type { FieldChanges } from '../core/logs.ts';

/** What becomes of the document of a book that left the library. */
export type RemovalMode = 'mark' | 'delete' | 'keep';

/** One document to write. `clear` and `stamp` are fields to delete, and to set to the server's time. */
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
      /** True where nothing but newer rules asks for it. */
      byRulesAlone: boolean;
      /** True where nothing is to be written unless the content, which is still to be read, says so. */
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

/** How many more books the catalog holds after these changes. */
export function bookCountDelta(changes: Iterable<Change>): number {
  let gain = 0;
  for (const change of changes) {
    if (change.kind === 'add' || change.kind === 'restore') gain += 1;
    else if (change.kind === 'remove' && !change.read.removed) gain -= 1;
  }
  return gain;
}
