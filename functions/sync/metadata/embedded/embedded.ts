import type { EmbeddedFields } from '../../core/book.ts';

/** The formats that are read. */
export type Format = 'pdf' | 'epub';

/** One file to read. */
export interface Content {
  format: Format;
  /** In bytes. */
  size: number;
  /** The bytes from `start` up to, not including, `end`. */
  readRange(start: number, end: number): Promise<Uint8Array>;
  /** Ends the reading, whatever the thread is doing. */
  signal?: AbortSignal;
}

/** What came of a reading: what was said, or in a few words why nothing could be read. */
export type Reading = (
  | { kind: 'read'; said: EmbeddedFields[] }
  /** `unread`: the bytes did not come; that is no fault of the file. */
  | { kind: 'unreadable'; problem: string; unread?: boolean }
) & {
  /** What it cost. */
  requests: number;
  bytes: number;
};

export const maxTextLength = 300;
export const maxListLength = 12;

/** Limits for one book. */
export interface Limits {
  requests: number;
  bytes: number;
  /** From the first request to the last word, in milliseconds. */
  timeMs: number;
  /** What the process may grow by while books are read, in bytes. */
  memory: number;
}

export const limits: Limits = {
  requests: 6,
  bytes: 300 * 1024,
  timeMs: 20_000,
  memory: 256 * 1024 * 1024,
};

/** The format of a book by its name, or by its MIME type where that says nothing; undefined for any other. */
export function formatOf(file: { name: string; mimeType: string }): Format | undefined {
  const extension = /\.(pdf|epub)$/iu.exec(file.name.trim())?.[1]?.toLowerCase();
  if (extension === 'pdf' || extension === 'epub') return extension;
  if (/^application\/pdf\b/iu.test(file.mimeType)) return 'pdf';
  return /^application\/epub\+zip\b/iu.test(file.mimeType) ? 'epub' : undefined;
}
