import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Deadline } from './deadline.ts';
import { DeadlineReached, isRetryable, SyncError } from './errors.ts';
import type { Logs } from './logs.ts';

/**
 * Calls `attempt` until it succeeds, fails with an error that is not retryable, or the retries or the time run out.
 */
export type Retry = <T>(operation: string, attempt: () => Promise<T>) => Promise<T>;

/** The maximum backoff between two tries, in milliseconds. A service can request a longer wait with `Retry-After`. */
const maxDelayMs = 64_000;

/**
 * Creates the program's only retry policy: exponential backoff with full jitter. It honors `Retry-After` and
 * never waits past the deadline. Drive's and Firestore's guides both recommend truncated exponential backoff.
 *
 * @param options.baseMs upper bound of the first wait, in milliseconds; it doubles with every try
 */
export function createRetry(options: { logs: Logs; deadline: Deadline; baseMs?: number }): Retry {
  const { logs, deadline, baseMs = 1_000 } = options;
  const { signal } = deadline;
  return (operation, attempt) => {
    // When a run ends, its parallel calls must not be retried. This is checked only before a try, so that a response
    // that has arrived is never discarded.
    async function callOnce() {
      signal.throwIfAborted();
      if (deadline.isInterrupted()) throw new DeadlineReached();
      return attempt();
    }
    return pRetry(callOnce, {
      retries: 8,
      minTimeout: 0,
      maxTimeout: 0,
      // The wait happens here because this is the only place that knows the error and its `Retry-After`.
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
