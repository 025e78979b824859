/** One call to Firestore: retried by the run's retry policy, with a timeout, its errors converted to SyncErrors. */
import { type Deadline, withTimeout } from '../core/deadline.ts';
import type { Retry } from '../core/retry.ts';
import type { Connection } from './connection.ts';
import { catalogError, catalogTimeout } from './errors.ts';

/** @param operation what the call does, for messages, such as "reading the checkpoint" */
export type FirestoreCall = <T>(operation: string, request: () => Promise<T>) => Promise<T>;

/** @param track registers a request until the Firestore client is done with it; see `Connection` */
export function createFirestoreCall({
  retry,
  deadline,
  track,
}: {
  retry: Retry;
  deadline: Deadline;
  track: Connection['track'];
}): FirestoreCall {
  return (operation, request) =>
    retry(operation, async () => {
      const work = () =>
        track(request()).catch((error) => {
          throw deadline.signal.aborted ? deadline.signal.reason : catalogError(error, operation);
        });
      return withTimeout(work, deadline, () => catalogTimeout(operation, deadline.callTimeoutMs));
    });
}
