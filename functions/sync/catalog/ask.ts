/** One question to Firestore: retried by the run's policy, bounded in time, its errors told in our words. */
import { type Deadline, type Retry, within } from '../run-time.ts';
import { catalogError, catalogTimeout } from './catalog-errors.ts';

/** @param operation what is being done, for messages, such as "reading the checkpoint" */
export type Ask = <T>(operation: string, question: () => Promise<T>) => Promise<T>;

export function createAsk({ retry, deadline }: { retry: Retry; deadline: Deadline }): Ask {
  return (operation, question) =>
    retry(operation, async () => {
      const work = () =>
        question().catch((error) => {
          throw deadline.signal.aborted ? deadline.signal.reason : catalogError(error, operation);
        });
      return within(work, deadline, () => catalogTimeout(operation, deadline.answerMs));
    });
}
