/** Reads the content of the new and changed books of a batch, just before the batch is written. */
import pLimit from 'p-limit';
import type { BookDocument } from '../catalog/book-document.ts';
import type { EmbeddedFields, EmbeddedRecord, LibraryBook } from '../core/book.ts';
import type { Deadline } from '../core/deadline.ts';
import { AuthenticationError, DeadlineReached, messageOf, NetworkError, SyncError } from '../core/errors.ts';
import type { Logs } from '../core/logs.ts';
import type { OnProgress } from '../core/progress.ts';
import type { DriveClient } from '../drive/client.ts';
import { isQuotaExhausted } from '../drive/quota.ts';
import { formatOf, limits } from '../metadata/embedded/embedded.ts';
import type { Reader } from '../metadata/embedded/reader.ts';
import { tidy } from '../metadata/text.ts';
import type { Change } from '../plan/change.ts';
import { isToRead, planBook } from '../plan/plan-book.ts';

/** How many books are processed at once. The reader has fewer threads; the other books wait in its queue. */
const concurrency = 4;
/** After this many failed reads in a row, the books are assumed not to be the cause, and reading stops. */
const maxFailures = 5;

export interface ContentsContext {
  drive: DriveClient;
  logs: Logs;
  deadline: Deadline;
  /** Undefined if this process has no reader; then no content is read. */
  reader: Reader | undefined;
  /** Called with the name of each book whose content cannot be read. */
  onUnreadable: (name: string) => void;
  onProgress?: OnProgress | undefined;
}

/** A batch, completed with what the content of its books says. `rest`: changes for which no time was left. */
export interface Prepared {
  ready: Change[];
  rest: Change[];
}

export type Prepare = (changes: readonly Change[]) => Promise<Prepared>;

/**
 * Creates the step of one run that reads content. Once reading turns out to be impossible, the step reads nothing
 * more in that run. It never throws.
 */
export function createContents(context: ContentsContext): Prepare {
  const { drive, logs, deadline, reader, onProgress } = context;
  // Time reserved to finish the books in progress after no more are started, and to write what was read.
  const reserveMs = Math.min(limits.timeMs + 5_000, deadline.remainingMs() / 2);
  let off = false;
  let failures = 0;

  function turnOff(why: string, hint: string): void {
    if (!off) logs.embeddedOff(why, hint);
    off = true;
  }

  function warnUnreadable(
    name: string,
    id: string,
    why: string,
    cost: { requests?: number; bytes?: number },
  ): void {
    logs.contentUnreadable(name, id, why, cost);
    context.onUnreadable(name);
  }

  /** Reads what the content of a book says; undefined if no time was left. */
  async function readEmbedded(book: LibraryBook, md5: string): Promise<EmbeddedRecord | undefined> {
    const { drive_id: id, original_filename: name, mime_type: mimeType, size_bytes: size } = book.facts;
    const unread: EmbeddedRecord = { md5, said: [], unread: true };
    const format = formatOf({ name, mimeType });
    if (!format) return { md5, said: [] };
    if (off) return unread;
    if (!reader) {
      turnOff(
        'this process has no reader for embedded metadata',
        'Deploy embedded.mjs next to index.js. `npm run build` creates both.',
      );
      return unread;
    }
    if (deadline.remainingMs() < reserveMs) return undefined;
    try {
      const reading = await reader.read({
        format,
        size,
        readRange: (start, end) => drive.content({ id, resourceKey: book.resourceKey }, start, end),
        signal: deadline.signal,
      });
      // The reading was cut off because the run ended, so its result says nothing about the file.
      if (deadline.signal.aborted) return undefined;
      if (reading.kind === 'read') {
        failures = 0;
        return { md5, said: reading.said.map(tidied) };
      }
      warnUnreadable(name, id, reading.problem, reading);
      if (!reading.unread) return { md5, said: [] };
      countFailure(reading.problem);
      return unread;
    } catch (error) {
      if (error instanceof DeadlineReached) return undefined;
      return judgeFailure(error, name, id) ? unread : { md5, said: [] };
    }
  }

  /** Reports a failed reading. Returns true if the file was not the cause. */
  function judgeFailure(error: unknown, name: string, id: string): boolean {
    const reason = error instanceof SyncError ? error.reason : undefined;
    const hint =
      error instanceof SyncError
        ? error.hint
        : 'This error is not expected. Report it and include this log line.';
    // `insufficientFilePermissions` concerns one file: Drive can let an account see a file but not download it.
    if (error instanceof AuthenticationError && reason !== 'insufficientFilePermissions') {
      turnOff(messageOf(error), hint);
      return true;
    }
    if (!off) warnUnreadable(name, id, messageOf(error), {});
    if (error instanceof SyncError && isQuotaExhausted(error)) {
      turnOff(messageOf(error), hint);
      return true;
    }
    // The file may be gone, or temporarily inaccessible. Neither says anything about its content.
    if (reason === 'notFound') return true;
    if (!(error instanceof NetworkError) && !(error instanceof SyncError && error.retryable)) return false;
    countFailure(messageOf(error));
    return true;
  }

  function countFailure(why: string): void {
    failures += 1;
    if (failures >= maxFailures)
      turnOff(
        `${failures} books in a row could not be read: ${why}`,
        'The next reconcile retries. If this continues, check the status of Google Drive.',
      );
  }

  return async (changes) => {
    const limit = pLimit(concurrency);
    const total = changes.filter(isWithContent).length;
    let done = 0;
    async function prepareNext(change: Change) {
      const result = await prepareOne(change, readEmbedded);
      if (onProgress && isWithContent(change)) onProgress({ step: 'contents', done: ++done, total });
      return result;
    }
    const results = await Promise.all(changes.map((change) => limit(() => prepareNext(change))));
    return {
      ready: results.flatMap((result) => (result === 'late' ? [] : (result ?? []))),
      rest: changes.filter((_, index) => results[index] === 'late'),
    };
  };
}

/** The content to read before this change is written: its checksum, and the book's document. */
function contentOf(change: Change): { md5: string; document: BookDocument | undefined } | undefined {
  if (change.kind === 'remove') return undefined;
  const document = change.kind === 'add' ? undefined : change.read;
  const md5 = change.book.facts.md5_checksum;
  return md5 !== null && isToRead(change.book, document) ? { md5, document } : undefined;
}

/**
 * The change, completed with what the content says; undefined if nothing is left to write; 'late' if time ran out.
 */
async function prepareOne(
  change: Change,
  readEmbedded: (book: LibraryBook, md5: string) => Promise<EmbeddedRecord | undefined>,
): Promise<Change | 'late' | undefined> {
  const content = contentOf(change);
  if (!content || change.kind === 'remove') return change;
  const embedded = await readEmbedded(change.book, content.md5);
  return embedded ? planBook({ ...change.book, embedded }, content.document) : 'late';
}

/** True if a run reads the content before it writes this change. */
export function isWithContent(change: Change): boolean {
  return contentOf(change) !== undefined;
}

/** The values in a file can contain anything. A document contains only well-formed text. */
function tidied(said: EmbeddedFields): EmbeddedFields {
  const entries = Object.entries(said).map(([field, value]) => [
    field,
    Array.isArray(value) ? value.map(tidy).filter(Boolean) : tidy(value),
  ]);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value.length > 0),
  ) as EmbeddedFields;
}
