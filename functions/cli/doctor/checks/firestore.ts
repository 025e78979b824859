/** The catalog's database: does it answer, and may we read and write there? */
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
    return { said: `the database ${settings.databaseId} of ${settings.projectId} can be read` };
  },
};

/**
 * Nothing but a write shows that one may write. A document with a name that no run uses is made where none is, and
 * deleted only as it was made, so nobody else's can be hit.
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
      const made = await ask(subject, 'making a document', () =>
        document.create({ note: 'Made by catalog-sync doctor to see whether it may write. May be deleted.' }),
      );
      writeTime = made.writeTime;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      // Without an answer nobody knows whether it was made.
      await ask(subject, 'deleting a document', () => document.delete({ exists: true })).catch(() => {});
      throw error;
    }
    try {
      await ask(subject, 'deleting a document', () => document.delete({ lastUpdateTime: writeTime }));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      return {
        status: 'todo',
        said: `a document was made, but not deleted again: ${error.message}`,
        todo: [error.hint, `Delete the document ${stateCollection}/${name} by hand.`],
      };
    }
    return { said: `a document in ${stateCollection} was made and deleted again` };
  },
};

/** One write, once: a second try could not tell its own first one from somebody else's document. */
function ask<T>({ deadline }: Subject, operation: string, question: () => Promise<T>): Promise<T> {
  const work = () =>
    question().catch((error) => {
      throw catalogError(error, operation);
    });
  return withTimeout(work, deadline, () => catalogTimeout(operation, deadline.callTimeoutMs));
}
