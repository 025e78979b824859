/** Opens what a run works with, Drive and Firestore among it, and closes it again. */
import { openCatalog } from './catalog/catalog.ts';
import type { RunContext } from './context.ts';
import { fingerprintOf, type Settings } from './core/config.ts';
import { createDeadline, createRetry } from './core/deadline.ts';
import type { Logs } from './core/logs.ts';
import type { OnProgress } from './core/progress.ts';
import { createMeter } from './core/usage.ts';
import { openDrive } from './drive/client.ts';
import { openReader } from './metadata/embedded/reader.ts';
import type { OnCompared } from './plan/planner.ts';

export interface RunOptions {
  /** The built reader of embedded metadata; without it none is read. */
  readerFile?: string;
  /** The first wait before a call is tried again; see `createRetry`. */
  retryBaseMs?: number;
  /** How long one answer may take; see `createDeadline`. */
  answerMs?: number;
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
  const { readerFile, answerMs, signal, onProgress, onCompared } = options;
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
    const deadline = createDeadline(seconds, answerMs, signal);
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
