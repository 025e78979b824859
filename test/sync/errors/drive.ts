/** Failures of Drive, reproduced with the Drive emulator or with real servers. */
import type { Method } from '../../../functions/drive-emulator/api/params.ts';
import { driveFaults, oauthFaults } from '../../../functions/drive-emulator/faults/fault-catalog.ts';
import type { Fault } from '../../../functions/drive-emulator/faults/faults.ts';
import type { Cause } from './cause.ts';
import { closedPort, type Listening, refusingTokens, resetting, selfSigned } from './servers.ts';

/** A fault that Drive produces on every call of one method. */
const lasting = (what: string, method: Method, fault: Fault): Cause => ({
  what,
  ...(fault.kind === 'hang' ? { callTimeoutMs: 300 } : {}),
  make({ driveEmulator }) {
    driveEmulator.faults.add({ match: { method }, fault, times: Infinity });
  },
});

/** Another server in place of both Drive and the token endpoint. */
const instead = (what: string, open: () => Promise<Listening>, scheme = 'http'): Cause => ({
  what,
  async make(_, later) {
    const { host, close } = await open();
    later(close);
    return { googleApiRoot: `${scheme}://${host}` };
  },
});

const feed = 'changes.getStartPageToken';
/** All faults except those that a run recovers from and those that only make it wait longer. */
const anywhere = driveFaults.filter(
  ({ fault }) =>
    !['slow', 'expireTokens', 'incompleteSearch', 'dropFields'].includes(fault.kind) &&
    !('retryAfter' in fault),
);

export const driveFailures: readonly Cause[] = [
  ...anywhere.map(({ name, fault }) => lasting(`Drive: ${name}`, feed, fault)),
  lasting('Drive: 400 on a folder', 'files.list', { kind: 'status', status: 400 }),
  lasting('Drive: incomplete search', 'files.list', { kind: 'incompleteSearch', missing: 1 }),
  lasting('Drive: an entry without a name', 'files.list', { kind: 'dropFields', fields: ['name'] }),
  ...oauthFaults.map(({ name, fault }) =>
    lasting(`Token: ${name.replace('token endpoint ', '')}`, 'oauth.token', fault),
  ),
  lasting('Token: no response', 'oauth.token', { kind: 'hang' }),
  ...['unauthorized_client', 'invalid_scope'].map((word) =>
    instead(`Token: ${word}`, () => refusingTokens(word)),
  ),
  {
    what: 'No refresh token, no service account key, no Application Default Credentials',
    make: () => ({ driveIdentity: { kind: 'keyless' } }),
  },
  { what: 'DNS: the host name is unknown', make: () => ({ googleApiRoot: 'http://no-such-host.invalid' }) },
  instead('The connection is refused', closedPort),
  instead('The connection is reset', resetting),
  instead('TLS: the certificate is not trusted', selfSigned, 'https'),
  { what: 'The folder is not shared', make: ({ drive, root }) => drive.hide(root) },
  { what: 'The folder is in the trash', make: ({ drive, root }) => drive.trash(root) },
  {
    what: 'The folder is a file',
    make: ({ drive }) => ({
      folder: { id: drive.addFile({ name: 'Emma.pdf', parent: 'root' }).id, resourceKey: undefined },
    }),
  },
  {
    what: 'The shared drive of the folder does not have the account as a member',
    make({ drive }) {
      const school = drive.addSharedDrive({ name: 'School' }).id;
      const folder = drive.addFolder({ name: 'Books', parent: school });
      drive.leaveSharedDrive(school);
      return { folder: { id: folder.id, resourceKey: undefined } };
    },
  },
  {
    what: 'No response until the time limit of the run',
    callTimeoutMs: 60_000,
    make({ driveEmulator }) {
      driveEmulator.faults.add({ match: { method: 'files.get' }, fault: { kind: 'hang' } });
      return { runSeconds: 1 };
    },
  },
  {
    what: 'The daily reconcile does not fit in the run',
    callTimeoutMs: 60_000,
    async make(world) {
      await world.run();
      const state = world.firestore.collection(world.settings.stateCollection).doc(world.root);
      await state.update({ reconciledAt: '2020-01-01T00:00:00.000Z' });
      world.driveEmulator.faults.add({
        match: { method: 'files.list' },
        fault: { kind: 'hang' },
        times: Infinity,
      });
      return { runSeconds: 6 };
    },
  },
];
