/** The time a run has, and trying again within it. */
import { setMaxListeners } from 'node:events';
import { DeadlineReached } from './errors.ts';

export interface Deadline {
  /** Aborts when the time is over, or when the run ends before; its reason is the error to throw then. */
  signal: AbortSignal;
  /** How long one answer may take, in milliseconds. Listing a page of 1,000 takes Drive a few seconds. */
  callTimeoutMs: number;
  /** True once somebody wants the run to end: what is under way may end, nothing new is begun. */
  isInterrupted(): boolean;
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /** True when too little is left to begin something that should not be cut off. */
  isNear(): boolean;
  /** The run is over: every question and every wait that nobody listens to any more is given up. */
  end(): void;
}

/** What is left for the last write to end in: this part of a run's time, but never less than this, in milliseconds. */
const reserve = { part: 0.05, leastMs: 1_500 };

/** How long an answer that is under way is waited for when the run is interrupted: a commit may then be counted. */
const graceMs = 2_000;

/**
 * A deadline so many seconds from now. Its timer keeps no process alive.
 *
 * @param interrupt brings the end near: no question is begun any more, and answers under way have `graceMs` left
 */
export function createDeadline(seconds: number, callTimeoutMs = 60_000, interrupt?: AbortSignal): Deadline {
  let end = performance.now() + seconds * 1000;
  const over = new AbortController();
  // One for each question under way and each wait. Node prints a warning beyond ten, which is no log line.
  setMaxListeners(0, over.signal);
  const stop = () => over.abort(new DeadlineReached());
  // Not AbortSignal.timeout: its reason would be an error of the platform, which says nothing to who reads it.
  let timer = setTimeout(stop, Math.ceil(seconds * 1000)).unref();
  const remainingMs = () => Math.max(0, end - performance.now());
  const isInterrupted = () => interrupt?.aborted ?? false;
  function hurry(): void {
    clearTimeout(timer);
    end = Math.min(end, performance.now() + graceMs);
    timer = setTimeout(stop, remainingMs()).unref();
  }
  if (isInterrupted()) hurry();
  interrupt?.addEventListener('abort', hurry);
  return {
    signal: over.signal,
    callTimeoutMs,
    isInterrupted,
    remainingMs,
    isNear: () => isInterrupted() || remainingMs() < Math.max(seconds * 1000 * reserve.part, reserve.leastMs),
    end() {
      interrupt?.removeEventListener('abort', hurry);
      clearTimeout(timer);
      stop();
    },
  };
}

/**
 * Asks, and waits for the answer, but not beyond the deadline nor longer than an answer may take.
 *
 * @param ask is given a signal that aborts as soon as nobody waits for its answer any more
 * @throws DeadlineReached at the deadline; what `onTimeout` makes where only the answer is late
 */
export async function withTimeout<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  deadline: Deadline,
  onTimeout: () => Error,
): Promise<T> {
  const { signal, callTimeoutMs } = deadline;
  const remainingMs = deadline.remainingMs();
  // Decided now, not when the timer rings: timers are late, and some ring a moment early.
  const isLast = remainingMs <= callTimeoutMs;
  // Not AbortSignal.any: in Node 20 such a signal can be collected, with its listeners, before it aborts.
  const unwanted = new AbortController();
  let release = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(isLast ? new DeadlineReached() : onTimeout()),
      isLast ? remainingMs : callTimeoutMs,
    );
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp);
    release = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      unwanted.abort();
    };
  });
  try {
    return await Promise.race([ask(unwanted.signal), late]);
  } finally {
    release();
  }
}

/**
 * Waits for work that asks nobody, but not beyond the deadline.
 *
 * @throws DeadlineReached at the deadline; the work is then left alone
 */
export async function untilDeadline<T>(work: Promise<T>, { signal }: Deadline): Promise<T> {
  let giveUp = (): void => {};
  const over = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
