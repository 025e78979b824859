/** The types and limits for reading embedded metadata. */
import type { EmbeddedFields } from '../../core/book.ts';

/** The formats whose content is read. */
export type Format = 'pdf' | 'epub';

/** One file to read. */
export interface Content {
  format: Format;
  /** In bytes. */
  size: number;
  /** Reads the bytes from `start` up to, but not including, `end`. */
  readRange(start: number, end: number): Promise<Uint8Array>;
  /** Aborts the reading, whatever the thread is doing. */
  signal?: AbortSignal;
}

/** The result of a reading: the metadata found, or a short reason why nothing could be read. */
export type Reading = (
  | { kind: 'read'; said: EmbeddedFields[] }
  /** `unread`: the bytes did not arrive, so the file is not at fault. */
  | { kind: 'unreadable'; problem: string; unread?: boolean }
) & {
  /** What the reading cost. */
  requests: number;
  bytes: number;
};

export const maxTextLength = 300;
export const maxListLength = 12;

/** Limits for one book. */
export interface Limits {
  requests: number;
  bytes: number;
  /** From the start of the reading to its result, in milliseconds. */
  timeMs: number;
  /** How much the process may grow while the book is read, in bytes. */
  memory: number;
}

export const limits: Limits = {
  requests: 6,
  bytes: 300 * 1024,
  timeMs: 20_000,
  memory: 256 * 1024 * 1024,
};

/** Returns the format of a book by its extension, or else by its MIME type; undefined for any other format. */
export function formatOf(file: { name: string; mimeType: string }): Format | undefined {
  const extension = /\.(pdf|epub)$/iu.exec(file.name.trim())?.[1]?.toLowerCase();
  if (extension === 'pdf' || extension === 'epub') return extension;
  if (/^application\/pdf\b/iu.test(file.mimeType)) return 'pdf';
  return /^application\/epub\+zip\b/iu.test(file.mimeType) ? 'epub' : undefined;
}
