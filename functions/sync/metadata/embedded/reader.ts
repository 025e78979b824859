/** Reads books in worker threads, within limits on requests, bytes, time and memory. */
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { type Content, type Limits, type Reading, limits as usualLimits } from './embedded.ts';
import type { FromReader, ToReader } from './worker/protocol.ts';

/** How many books are read at the same time. Each takes a thread, which mostly waits for Drive. */
const concurrency = 3;
/** How often memory use is checked, in milliseconds. A decompressor can produce about 50 MB in that time. */
const watchMs = 40;
/** The heap limit of a thread, in MB. Buffers are outside the heap; `Limits.memory` covers them. */
const heapMb = 192;

export interface Reader {
  /**
   * Reads a file's embedded metadata. Never throws because something is wrong with the file.
   *
   * @throws what `readRange` throws, and the reason of `signal` as soon as it aborts
   */
  read(content: Content): Promise<Reading>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** What a book has cost so far, and the pieces already fetched, which a second attempt does not fetch again. */
interface Fetched {
  requests: number;
  bytes: number;
  pieces: Map<string, Uint8Array>;
}

/** The outcome of an attempt that was stopped because the process grew too much, maybe because of another book. */
const memoryExceeded = Symbol('memoryExceeded');

/**
 * Opens a reader. No thread starts before the first book.
 *
 * @param file the built reader, `embedded.mjs`; see functions/bundle.ts
 */
export function openReader(file: string, limits: Limits = usualLimits): Reader {
  const together = pLimit(concurrency);
  const alone = pLimit(1);
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  let reading = 0;
  let quiet: (() => void)[] = [];

  function take(): Worker {
    const ready = idle.pop();
    if (ready) return ready;
    // An empty environment, because the real one holds secrets. What pdf.js prints is dropped: it is not a log line.
    const worker = new Worker(file, {
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
    });
    worker.setMaxListeners(0);
    worker.on('error', () => {});
    worker.once('exit', () => {
      all.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    });
    worker.unref();
    all.add(worker);
    return worker;
  }

  async function once(content: Content, fetched: Fetched): Promise<Reading | typeof memoryExceeded> {
    content.signal?.throwIfAborted();
    const worker = take();
    reading += 1;
    try {
      const outcome = await converse(worker, content, fetched, limits);
      if (outcome.kind === 'result' && outcome.reusable) idle.push(worker);
      else await worker.terminate();
      if (outcome.kind === 'error') throw outcome.error;
      return outcome.result;
    } finally {
      reading -= 1;
      if (reading === 0) for (const go of quiet.splice(0)) go();
    }
  }

  async function read(content: Content): Promise<Reading> {
    if (content.size === 0) return { kind: 'unreadable', problem: 'it is empty', requests: 0, bytes: 0 };
    const fetched: Fetched = { requests: 0, bytes: 0, pieces: new Map() };
    const shared = await together(() => once(content, fetched));
    if (shared !== memoryExceeded) return shared;
    // Another book may have used the memory, so read this one again while no other is being read.
    return alone(async () => {
      if (reading > 0) await new Promise<void>((resolve) => quiet.push(resolve));
      const result = await once(content, fetched);
      if (result !== memoryExceeded) return result;
      return {
        kind: 'unreadable',
        problem: 'it takes too much memory to read',
        requests: fetched.requests,
        bytes: fetched.bytes,
      };
    });
  }

  return {
    read,
    async close() {
      quiet = [];
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

type Ended =
  | { kind: 'result'; reusable: boolean; result: Reading | typeof memoryExceeded }
  | { kind: 'error'; error: unknown };

/** Reads one book in one thread: sends it bytes until it has a result or a limit is reached. */
function converse(
  worker: Worker,
  { format, size, readRange, signal }: Content,
  fetched: Fetched,
  limits: Limits,
): Promise<Ended> {
  const costOf = ({ requests, bytes }: Fetched) => ({ requests, bytes });
  let outstanding = 0;
  const before = process.memoryUsage.rss();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const unread = outstanding > 0;
      const problem = unread ? 'its bytes did not arrive in time' : 'it takes too long to read';
      end({
        kind: 'result',
        reusable: false,
        result: { kind: 'unreadable', problem, unread, ...costOf(fetched) },
      });
    }, limits.timeMs);
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > limits.memory)
        end({ kind: 'result', reusable: false, result: memoryExceeded });
    }, watchMs);

    function end(ended: Ended): void {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onCrash).off('exit', onCrash);
      resolve(ended);
    }

    function onAbort(): void {
      end({ kind: 'error', error: signal?.reason });
    }

    function onCrash(): void {
      end({
        kind: 'result',
        reusable: false,
        result: { kind: 'unreadable', problem: 'it crashes the thread that reads it', ...costOf(fetched) },
      });
    }

    function send(message: ToReader): void {
      worker.postMessage(message);
    }

    function onMessage(message: FromReader): void {
      if (message.kind === 'need') void sendBytes(message.id, message.start, message.end);
      else if (message.kind === 'said')
        end({
          kind: 'result',
          reusable: true,
          result: { kind: 'read', said: message.said, ...costOf(fetched) },
        });
      else
        end({
          kind: 'result',
          reusable: true,
          result: { kind: 'unreadable', problem: message.problem, ...costOf(fetched) },
        });
    }

    async function sendBytes(id: number, start: number, end_: number): Promise<void> {
      const key = `${start}-${end_}`;
      const known = fetched.pieces.get(key);
      if (known) return send({ kind: 'bytes', id, bytes: known });
      if (fetched.requests >= limits.requests || fetched.bytes + (end_ - start) > limits.bytes)
        return send({ kind: 'bytes', id, bytes: null });
      fetched.requests += 1;
      outstanding += 1;
      fetched.bytes += end_ - start;
      try {
        const bytes = await readRange(start, end_);
        outstanding -= 1;
        fetched.pieces.set(key, bytes);
        send({ kind: 'bytes', id, bytes });
      } catch (error) {
        end({ kind: 'error', error });
      }
    }

    worker.on('message', onMessage).on('error', onCrash).on('exit', onCrash);
    signal?.addEventListener('abort', onAbort);
    send({ kind: 'book', format, size });
  });
}
