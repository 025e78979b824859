/** What the parts of one run share. */

import type { BookDocument } from './catalog/book-document.ts';
import { type Catalog, openCatalog } from './catalog/catalog.ts';
import type { StoredCheckpoint } from './catalog/checkpoint.ts';
import type { RunRecord } from './catalog/run-record.ts';
import type { LibraryBook } from './core/book.ts';
import { fingerprintOf, type Settings } from './core/config.ts';
import { createDeadline, type Deadline } from './core/deadline.ts';
import type { Logs } from './core/logs.ts';
import type { OnProgress } from './core/progress.ts';
import { createRetry, type Retry } from './core/retry.ts';
import { createMeter, type Meter } from './core/usage.ts';
import { type DriveClient, openDrive } from './drive/client.ts';
import { openReader, type Reader } from './metadata/embedded/reader.ts';

export interface RunContext {
  settings: Settings;
  /** Stands for the settings in the checkpoint; see `fingerprintOf`. */
  fingerprint: string;
  drive: DriveClient;
  catalog: Catalog;
  logs: Logs;
  meter: Meter;
  deadline: Deadline;
  retry: Retry;
  /** Undefined where no content is read. */
  reader: Reader | undefined;
  onProgress?: OnProgress | undefined;
  /** Undefined in a dry run, which leaves no record. */
  notes?: RunNotes | undefined;
  /** Sees each document that stands for a book of the library: what a run leaves as it is shows nowhere else. */
  onCompared?: OnCompared | undefined;
  /**
   * Works for a share of the run's time, in seconds, on connections of its own: they are cut when it is over, and the
   * run goes on with its own.
   *
   * @throws DeadlineReached when the share is over, and what `work` throws
   */
  withShare<T>(seconds: number, work: (share: RunContext) => Promise<T>): Promise<T>;
}

/** Takes down what becomes known of a run while it is planned; its record in the run history is made from these. */
export interface RunNotes {
  /** The run begins, or begins again, from this checkpoint. */
  beginFrom(stored: StoredCheckpoint): void;
  note(known: Partial<Pick<RunRecord, 'mode' | 'reason'> & { held: number }>): void;
}

/** Told of a book and the document that stands for it. */
export type OnCompared = (book: LibraryBook, document: BookDocument) => void;

export interface RunOptions {
  /** The built reader of embedded metadata; without it none is read. */
  readerFile?: string;
  /** The first wait before a call is tried again; see `createRetry`. */
  retryBaseMs?: number;
  /** How long one answer may take; see `createDeadline`. */
  callTimeoutMs?: number;
  /** Aborted by who wants the run to end; see `createDeadline`. */
  signal?: AbortSignal;
  /** Told how far the run is. */
  onProgress?: OnProgress;
  /** Told of each book and the document that stands for it. */
  onCompared?: OnCompared;
}

export interface OpenRun {
  context: RunContext;
  close(): Promise<void>;
}

/** Nothing is contacted before the first question. What is opened must be closed. */
export function openRun(settings: Settings, logs: Logs, options: RunOptions): OpenRun {
  const { readerFile, callTimeoutMs, signal, onProgress, onCompared } = options;
  const reader = settings.embeddedMetadata !== 'off' && readerFile ? openReader(readerFile) : undefined;
  const common = {
    settings,
    logs,
    reader,
    onProgress,
    onCompared,
    meter: createMeter(),
    fingerprint: fingerprintOf(settings),
    withShare,
  };

  function open(seconds: number): RunContext {
    const deadline = createDeadline(seconds, callTimeoutMs, signal);
    const baseMs = options.retryBaseMs;
    const retry = createRetry({ logs, deadline, ...(baseMs === undefined ? {} : { baseMs }) });
    const shared = { ...common, retry, deadline };
    return { ...shared, catalog: openCatalog(shared), drive: openDrive(shared) };
  }
  async function withShare<T>(seconds: number, work: (share: RunContext) => Promise<T>): Promise<T> {
    const share = open(seconds);
    try {
      return await work(share);
    } finally {
      await close(share);
    }
  }
  async function close({ deadline, catalog }: RunContext): Promise<void> {
    deadline.end();
    await catalog.close();
  }

  const context = open(settings.runSeconds);
  return {
    context,
    async close() {
      context.deadline.end();
      await reader?.close();
      await close(context);
    },
  };
}
