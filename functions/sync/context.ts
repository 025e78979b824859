/** The context that the parts of a run share: settings, clients, log, deadline, and retry policy. */
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
  /** Represents the settings in the checkpoint; see `fingerprintOf`. */
  fingerprint: string;
  drive: DriveClient;
  catalog: Catalog;
  logs: Logs;
  meter: Meter;
  deadline: Deadline;
  retry: Retry;
  /** Undefined if no file content is read. */
  reader: Reader | undefined;
  onProgress?: OnProgress | undefined;
  /** Undefined in a dry run, which leaves no run record. */
  notes?: RunNotes | undefined;
  /** Called for each document that belongs to a book in the library. Unchanged documents are visible nowhere else. */
  onCompared?: OnCompared | undefined;
  /**
   * Runs `work` for at most `seconds` of the run's time, on separate connections. They are closed when that time is
   * over, and the run continues on its own connections.
   *
   * @throws DeadlineReached when the time is over, and whatever `work` throws
   */
  withShare<T>(seconds: number, work: (share: RunContext) => Promise<T>): Promise<T>;
}

/** Collects facts about a run while it is planned. The run record is built from them. */
export interface RunNotes {
  /** Called when the run starts, or starts over, from this checkpoint. */
  beginFrom(stored: StoredCheckpoint): void;
  note(known: Partial<Pick<RunRecord, 'mode' | 'reason'> & { held: number }>): void;
}

/** Receives a book and its document. */
export type OnCompared = (book: LibraryBook, document: BookDocument) => void;

export interface RunOptions {
  /** Path of the built `embedded.mjs`, which reads embedded metadata. Without it, none is read. */
  readerFile?: string;
  /** Upper bound of the wait before the first retry, in milliseconds; see `createRetry`. */
  retryBaseMs?: number;
  /** Timeout of a single call, in milliseconds; see `createDeadline`. */
  callTimeoutMs?: number;
  /** Abort it to interrupt the run; see `createDeadline`. */
  signal?: AbortSignal;
  /** Called with the progress of the run. */
  onProgress?: OnProgress;
  /** Called with each book and its document. */
  onCompared?: OnCompared;
}

export interface OpenRun {
  context: RunContext;
  close(): Promise<void>;
}

/** Opens the clients for a run. Connects to nothing before the first call. The caller must call `close`. */
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
