/** Checks the catalog's database: does it respond, and are reads and writes allowed? */
import { randomUUID } from 'node:crypto';
import type { Timestamp } from 'firebase-admin/firestore';
import { catalogError, catalogTimeout } from '../../../sync/catalog/errors.ts';
import { withTimeout } from '../../../sync/core/deadline.ts';
import { isRetryable, SyncError } from '../../../sync/core/errors.ts';
import type { Check, Subject } from '../check.ts';

export const firestore: Check = {
  name: 'firestore',
  needs: [],
  side: 'catalog',
  async run({ catalog, settings, found }) {
    found.stored = await catalog.readCheckpoint();
    return { said: `database ${settings.databaseId} in project ${settings.projectId} is readable` };
  },
};

/**
 * Only a write proves that writes are allowed. The check creates a document with a name that no run uses, on the
 * precondition that it does not exist, and deletes it on the precondition that it is unchanged. No other document can
 * be affected.
 */
export const firestoreWrite: Check = {
  name: 'firestoreWrite',
  needs: ['firestore'],
  side: 'catalog',
  async run(subject) {
    const { stateCollection } = subject.settings;
    const name = `doctor-${randomUUID()}`;
    const document = subject.catalogConnection.firestore.collection(stateCollection).doc(name);
    let writeTime: Timestamp;
    try {
      const created = await call(subject, 'creating a test document', () =>
        document.create({ note: 'Created by catalog-sync doctor to test write access. Safe to delete.' }),
      );
      writeTime = created.writeTime;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      // Without a response the document may or may not exist.
      await call(subject, 'deleting the test document', () => document.delete({ exists: true })).catch(
        () => {},
      );
      throw error;
    }
    try {
      await call(subject, 'deleting the test document', () => document.delete({ lastUpdateTime: writeTime }));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      return {
        status: 'todo',
        said: `created a test document, but could not delete it: ${error.message}`,
        todo: [error.hint, `Delete the document ${stateCollection}/${name} by hand.`],
      };
    }
    return { said: `created and deleted a test document in ${stateCollection}` };
  },
};

/** Makes one write without a retry: a second attempt could not tell the first one's document from any other. */
function call<T>({ deadline }: Subject, operation: string, request: () => Promise<T>): Promise<T> {
  const work = () =>
    request().catch((error) => {
      throw catalogError(error, operation);
    });
  return withTimeout(work, deadline, () => catalogTimeout(operation, deadline.callTimeoutMs));
}
