/** The messages between the thread that reads books and its parent, which fetches the bytes. */
import type { EmbeddedFields } from '../../../core/book.ts';
import type { Format } from '../embedded.ts';

/** To the reader: a book to read, or the bytes it requested (null: the book's limits do not allow it). */
export type ToReader =
  | { kind: 'book'; format: Format; size: number }
  | { kind: 'bytes'; id: number; bytes: Uint8Array | null };

/** From the reader: a request for bytes, or the result. */
export type FromReader =
  | { kind: 'need'; id: number; start: number; end: number }
  | { kind: 'said'; said: EmbeddedFields[] }
  | { kind: 'problem'; problem: string };
