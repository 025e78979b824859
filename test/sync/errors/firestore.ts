/**
 * Failures of Firestore, reproduced through a proxy. The messages of Google's servers are quoted from user reports.
 */
import type { Verdict } from '../../support/firestore-proxy.ts';
import type { Cause } from './cause.ts';
import { closedPort } from './servers.ts';

/** A failure of every request. */
const lasting = (what: string, verdict: Verdict): Cause => ({
  what: `Firestore: ${what}`,
  ...(verdict === 'stall' ? { callTimeoutMs: 300 } : {}),
  make(world) {
    world.judge = () => verdict;
  },
});

const refused = (grpcStatus: number, what: string, message = 'Message of the server.'): Cause =>
  lasting(`${grpcStatus} ${what}`, { grpcStatus, message });

const elsewhere = (what: string, firestoreHost: () => Promise<string | null>): Cause => ({
  what: `Firestore: ${what}`,
  make: () => {},
  firestoreHost,
});

export const firestoreFailures: readonly Cause[] = [
  refused(1, 'cancelled'),
  refused(2, 'unknown'),
  refused(3, 'invalid argument'),
  refused(4, 'deadline exceeded'),
  refused(
    5,
    'the database does not exist',
    'The database (default) does not exist for project my-school Please visit https://console.cloud.google.com/datastore/setup?project=my-school to add a Cloud Datastore or Cloud Firestore database. ',
  ),
  refused(5, 'not found, without a message (a database with another name)', ''),
  refused(6, 'already exists'),
  refused(7, 'the role is missing', 'Missing or insufficient permissions.'),
  refused(7, 'another project', 'Permission denied on resource project my-school.'),
  refused(
    7,
    'the API is not enabled',
    'Cloud Firestore API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/firestore.googleapis.com/overview?project=123456789012 then retry.',
  ),
  refused(8, 'resource exhausted', 'Quota exceeded.'),
  refused(9, 'failed precondition'),
  refused(
    9,
    'the database is in Datastore mode',
    'The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/my-school/databases/(default).',
  ),
  refused(10, 'aborted'),
  refused(11, 'out of range'),
  refused(12, 'unimplemented'),
  refused(13, 'internal'),
  refused(14, 'unavailable', 'The service is currently unavailable.'),
  refused(15, 'data loss'),
  refused(
    16,
    'unauthenticated',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  ),
  lasting('the connection is dropped', 'cutBefore'),
  lasting('no response', 'stall'),
  elsewhere('the connection is refused', async () => (await closedPort()).host),
  elsewhere('the host name is unknown', async () => 'no-such-host.invalid:443'),
  elsewhere('no service account key, no Application Default Credentials', async () => null),
  {
    what: 'Firestore: another program writes to the same document before every commit',
    async make(world) {
      const { drive, root, settings, firestore } = world;
      const book = drive.addFile({ name: 'Persuasion - Jane Austen.pdf', parent: root }).id;
      await world.run();
      drive.rename(book, 'Persuasion - J. Austen.pdf');
      let writes = 0;
      world.judge = async ({ method }) => {
        if (method === 'Commit')
          await firestore.collection(settings.collection).doc(book).update({ writes: ++writes });
        return 'pass' as const;
      };
      return {};
    },
  },
];
