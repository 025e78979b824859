/** The time limit of a run, and timeouts of single calls within it. */
import { setMaxListeners } from 'node:events';
import { DeadlineReached } from './errors.ts';

export interface Deadline {
  /** Aborts when the time is over or when the run ends earlier. Its reason is the error to throw. */
  signal: AbortSignal;
  /** Timeout of a single call, in milliseconds. Drive takes a few seconds to list a page of 1,000. */
  callTimeoutMs: number;
  /** True once the run is interrupted: calls in progress may finish, but no new call starts. */
  isInterrupted(): boolean;
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /** True when too little time is left to start something that should not be cut off. */
  isNear(): boolean;
  /** Marks the run as over: aborts every remaining call and every remaining wait. */
  end(): void;
}

/** Time reserved for the last write: this fraction of the run's time, but at least `leastMs` milliseconds. */
const reserve = { part: 0.05, leastMs: 1_500 };

/**
 * How long an interrupted run waits for calls in progress, in milliseconds, so that a commit can still be counted.
 */
const graceMs = 2_000;

/**
 * Creates a deadline this many seconds from now. Its timer does not keep the process alive.
 *
 * @param interrupt when aborted, no new call starts, and calls in progress have `graceMs` left to finish
 */
export function createDeadline(seconds: number, callTimeoutMs = 60_000, interrupt?: AbortSignal): Deadline {
  let end = performance.now() + seconds * 1000;
  const over = new AbortController();
  // There is one listener for each call in progress and each wait. Beyond ten, Node prints a warning that is not a
  // valid log line.
  setMaxListeners(0, over.signal);
  const stop = () => over.abort(new DeadlineReached());
  // Not AbortSignal.timeout: its abort reason is a generic platform error that does not tell the reader anything.
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
 * Makes a call and waits for its response, but no longer than the call timeout and never past the deadline.
 *
 * @param call makes the call; its signal aborts as soon as the response is no longer needed
 * @throws DeadlineReached at the deadline; the error from `onTimeout` if the call times out before the deadline
 */
export async function withTimeout<T>(
  call: (signal: AbortSignal) => Promise<T>,
  deadline: Deadline,
  onTimeout: () => Error,
): Promise<T> {
  const { signal, callTimeoutMs } = deadline;
  const remainingMs = deadline.remainingMs();
  // Decided now and not when the timer fires: timers usually fire late, and some fire slightly early.
  const isLast = remainingMs <= callTimeoutMs;
  // Not AbortSignal.any: in Node 20, such a signal can be garbage-collected with its listeners before it aborts.
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
    return await Promise.race([call(unwanted.signal), late]);
  } finally {
    release();
  }
}

/**
 * Waits for work that is more than a single call, but not past the deadline.
 *
 * @throws DeadlineReached at the deadline; the work itself is not canceled
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
