import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Deadline } from './deadline.ts';
import { DeadlineReached, isRetryable, SyncError } from './errors.ts';
import type { Logs } from './logs.ts';

/** Tries `attempt` until it succeeds, fails for good, or time is short. */
export type Retry = <T>(operation: string, attempt: () => Promise<T>) => Promise<T>;

/** The longest wait between two tries that is our own choice; a service may ask for more. In milliseconds. */
const maxDelayMs = 64_000;

/**
 * The one retry policy of the program: exponential with full jitter, `Retry-After` honoured, never past the
 * deadline (Drive's and Firestore's guides both ask for truncated exponential back-off).
 *
 * @param options.baseMs upper bound of the first wait; it doubles with every try
 */
export function createRetry(options: { logs: Logs; deadline: Deadline; baseMs?: number }): Retry {
  const { logs, deadline, baseMs = 1_000 } = options;
  const { signal } = deadline;
  return (operation, attempt) => {
    // Where a run ends, what it asked for at the same time must not go on asking. Only before a try: an answer that
    // came is never thrown away.
    async function askOnce() {
      signal.throwIfAborted();
      if (deadline.isInterrupted()) throw new DeadlineReached();
      return attempt();
    }
    return pRetry(askOnce, {
      retries: 8,
      minTimeout: 0,
      maxTimeout: 0,
      // The wait stands here because only here are both the error and its `Retry-After` known.
      async shouldRetry({ error, attemptNumber, retriesLeft }) {
        if (!isRetryable(error) || retriesLeft === 0) return false;
        const jitterMs = Math.random() * Math.min(maxDelayMs, baseMs * 2 ** (attemptNumber - 1));
        const waitMs = Math.max(jitterMs, (error instanceof SyncError && error.retryAfterMs) || 0);
        if (waitMs >= deadline.remainingMs()) return false;
        logs.retrying(operation, attemptNumber, waitMs, error);
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        return true;
      },
    });
  };
}
