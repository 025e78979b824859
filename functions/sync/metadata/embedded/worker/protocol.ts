/** What the thread that reads books and the one that gives it bytes say to each other. */

import type { EmbeddedFields } from '../../../core/book.ts';
import type { Format } from '../embedded.ts';

/** To the reader: a book to read, or bytes it has asked for (null: there are no more for this book). */
export type ToReader =
  | { kind: 'book'; format: Format; size: number }
  | { kind: 'bytes'; id: number; bytes: Uint8Array | null };

/** From the reader: bytes it needs, or what came of the book. */
export type FromReader =
  | { kind: 'need'; id: number; start: number; end: number }
  | { kind: 'said'; said: EmbeddedFields[] }
  | { kind: 'problem'; problem: string };
