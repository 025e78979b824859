/** What a book is called, by whom and from when: the one interface the rest of the program knows of this folder. */
import type { MetadataError } from '../errors.ts';

/** Raised whenever a file name may give another answer than before; the checkpoint remembers it. */
export const rulesVersion = 2;

export interface BookMetadata {
  title: string;
  author: string | null;
  /** Four digits. */
  year: string | null;
  isbn?: string;
  publisher?: string;
  series?: string;
  edition?: string;
  language?: string;
  tags?: string[];
  /** Why the name says less than a book's name should; the book is catalogued all the same. */
  problem?: MetadataError;
}
