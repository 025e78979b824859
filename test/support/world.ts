/**
 * A test environment: a Drive emulator, a separate project in the Firestore emulator, and the sync between them.
 */
import { randomUUID } from 'node:crypto';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type DocumentData, type Firestore, initializeFirestore } from 'firebase-admin/firestore';
import { DriveModel, type DriveModelOptions } from '../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { readSettings, type Settings } from '../../functions/sync/core/config.ts';
import { createLogs, type LogEntry } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { type Outcome, sync } from '../../functions/sync/sync.ts';
import { plainRequest, type RunRequest } from '../../functions/sync/trigger/event.ts';
import { type FirestoreCall, startFirestoreProxy, type Verdict } from './firestore-proxy.ts';

export const reconcileRequest: RunRequest = { reconcile: true, approvedRemovals: undefined };

export interface World {
  drive: DriveModel;
  driveEmulator: DriveEmulator;
  firestore: Firestore;
  settings: Settings;
  /** If set, called for every Firestore request of the sync to decide what happens to it; see `Verdict`. */
  judge: ((call: FirestoreCall) => Verdict | Promise<Verdict>) | undefined;
  /** The library's root folder. */
  root: string;
  /** Everything logged so far. */
  logs: LogEntry[];
  /** The address of the proxy that calls `judge`: the FIRESTORE_EMULATOR_HOST of a sync in another process. */
  firestoreHost: string;
  run(
    request?: RunRequest,
    settings?: Partial<Settings>,
    options?: Parameters<typeof sync>[3],
  ): Promise<Outcome>;
  /** Adds this many books, titled "Book 0", "Book 1" and so on, and returns their ids. */
  addBooks(count: number, parent?: string): string[];
  /** The titles of the books that are not marked as removed, sorted. */
  titles(): Promise<string[]>;
  /** The documents of the catalog, by id. */
  books(): Promise<Map<string, DocumentData>>;
  checkpoint(): Promise<DocumentData | undefined>;
  /** The log messages of an event. */
  said(event: string): string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  drive?: DriveModelOptions;
  /** Whether to put the library into a shared drive. */
  sharedDrive?: boolean;
  settings?: Partial<Settings>;
  /** The scopes of the refresh token. */
  scopes?: string[];
}

const oauth = {
  clientId: 'client',
  clientSecret: 'GOCSPX-secret',
  refreshToken: '1//refresh-token-of-the-test',
  scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'],
};

/** Opens a test environment with an empty library and an empty catalog. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const drive = new DriveModel(options.drive);
  const driveEmulator = await startDriveEmulator(drive, {
    oauth: { ...oauth, ...(options.scopes ? { scopes: options.scopes } : {}) },
  });
  const parent = options.sharedDrive ? drive.addSharedDrive({ name: 'School' }).id : 'root';
  const root = drive.addFolder({ name: 'Books', parent }).id;
  const projectId = `test-${randomUUID().slice(0, 20)}`;
  const settings = {
    ...readSettings({
      GOOGLE_DRIVE_FOLDER_ID: root,
      FIREBASE_PROJECT_ID: projectId,
      GOOGLE_CLIENT_ID: oauth.clientId,
      GOOGLE_CLIENT_SECRET: oauth.clientSecret,
      GOOGLE_REFRESH_TOKEN: oauth.refreshToken,
      GOOGLE_API_ROOT: driveEmulator.url,
      WRITES_PER_SECOND: '10000',
    }),
    ...options.settings,
  };
  const emulator = process.env.FIRESTORE_EMULATOR_HOST ?? '';
  const proxy = await startFirestoreProxy(emulator, (call) => world.judge?.(call) ?? 'pass');
  const app = initializeApp({ projectId }, projectId);
  const firestore = initializeFirestore(app);
  const entries: LogEntry[] = [];
  const logs = createLogs(
    (entry) => entries.push(entry),
    createRedactor([oauth.clientSecret, oauth.refreshToken]),
  );
  const world: World = {
    drive,
    driveEmulator,
    firestore,
    settings,
    root,
    logs: entries,
    judge: undefined,
    firestoreHost: proxy.host,
    run(request = plainRequest, more = {}, options = {}) {
      // The Firestore client reads this variable when it is created, which is before the first await.
      process.env.FIRESTORE_EMULATOR_HOST = proxy.host;
      try {
        return sync(request, { ...settings, ...more }, logs, {
          readerFile: process.env.TEST_READER_FILE ?? '',
          retryBaseMs: 5,
          ...options,
        });
      } finally {
        process.env.FIRESTORE_EMULATOR_HOST = emulator;
      }
    },
    addBooks: (count, parent = root) =>
      Array.from(
        { length: count },
        (_, i) => drive.addFile({ name: `Book ${i} - Ann Author (2001).pdf`, parent }).id,
      ),
    async titles() {
      const current = [...(await world.books()).values()].filter((book) => !book.removed_date);
      return current.map(({ title }) => String(title)).sort();
    },
    async books() {
      const { docs } = await firestore.collection(settings.collection).get();
      return new Map(docs.map((document) => [document.id, document.data()]));
    },
    async checkpoint() {
      return (await firestore.collection(settings.stateCollection).doc(root).get()).data();
    },
    said: (event) => entries.filter((entry) => entry.event === event).map(({ message }) => message),
    async close() {
      await firestore.terminate();
      await deleteApp(app);
      await driveEmulator.close();
      await proxy.close();
    },
  };
  return world;
}
