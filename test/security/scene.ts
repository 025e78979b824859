/**
 * A deployment with canaries as secrets: a Drive emulator that checks them, a Firestore behind a proxy, and the sync.
 */
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { initializeFirestore } from 'firebase-admin/firestore';
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { readSettings, secretValues } from '../../functions/sync/core/config.ts';
import { createLogs, type LogEntry } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { sync } from '../../functions/sync/sync.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import { startFirestoreProxy, type Verdict } from '../support/firestore-proxy.ts';
import { canaries, publicKey, secretVariables } from './canaries.ts';

export interface Scene {
  driveEmulator: DriveEmulator;
  /** Called for each request to Firestore. Decides what happens to it. */
  judge: () => Verdict;
  environment: Record<string, string>;
  /** Makes a run in this process. Returns all its output: the log entries and the complete error. */
  run(more?: Record<string, string>): Promise<Ran>;
  /** Everything in Firestore, as text. */
  stored(): Promise<string>;
  close(): Promise<void>;
}

export interface Ran {
  entries: LogEntry[];
  /** The messages and stacks of the error and of all its causes. */
  thrown: string;
  /** The error with every property that a debugger or a crash report would print. */
  inspected: string;
}

/** Opens a scene with a small library that was synced once, so that a run has a checkpoint, changes and work to do. */
export async function openScene(): Promise<Scene> {
  const drive = new DriveModel();
  const driveEmulator = await startDriveEmulator(drive, {
    oauth: {
      clientId: secretVariables.GOOGLE_CLIENT_ID,
      clientSecret: canaries.clientSecret,
      refreshToken: canaries.refreshToken,
      publicKey,
      clientEmail: secretVariables.FIREBASE_CLIENT_EMAIL,
      scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'],
    },
  });
  const root = drive.addFolder({ name: 'Books', parent: 'root' }).id;
  const shelf = drive.addFolder({ name: 'Shelf', parent: root }).id;
  for (let i = 0; i < 3; i++) drive.addFile({ name: `Book ${i} - Ann Author.pdf`, parent: root });
  const emulator = process.env.FIRESTORE_EMULATOR_HOST ?? '';
  const proxy = await startFirestoreProxy(emulator, () => scene.judge());
  const projectId = `canary-${randomUUID().slice(0, 20)}`;
  const environment = {
    ...secretVariables,
    GOOGLE_DRIVE_FOLDER_ID: root,
    FIREBASE_PROJECT_ID: projectId,
    GOOGLE_API_ROOT: driveEmulator.url,
    // Nine attempts, one millisecond apart, take much less time. The rest is for a busy machine.
    RUN_SECONDS: '3',
  };
  const app = initializeApp({ projectId }, projectId);
  const firestore = initializeFirestore(app);
  const scene: Scene = {
    driveEmulator,
    judge: () => 'pass',
    environment: { ...environment, FIRESTORE_EMULATOR_HOST: proxy.host },
    async run(more = {}) {
      const entries: LogEntry[] = [];
      const given = { ...environment, ...more };
      const logs = createLogs((entry) => entries.push(entry), createRedactor(secretValues(given)));
      let thrown: unknown;
      process.env.FIRESTORE_EMULATOR_HOST = proxy.host;
      try {
        const running = sync(plainRequest, readSettings(given), logs, {
          retryBaseMs: 1,
          callTimeoutMs: 1_000,
        });
        process.env.FIRESTORE_EMULATOR_HOST = emulator;
        await running;
      } catch (error) {
        thrown = error;
      } finally {
        process.env.FIRESTORE_EMULATOR_HOST = emulator;
      }
      return { entries, thrown: textOf(thrown), inspected: inspect(thrown, { depth: 12, showHidden: true }) };
    },
    async stored() {
      const collections = await firestore.listCollections();
      const pages = await Promise.all(collections.map((collection) => collection.get()));
      return JSON.stringify(pages.flatMap(({ docs }) => docs.map((found) => [found.ref.path, found.data()])));
    },
    async close() {
      await firestore.terminate();
      await deleteApp(app);
      await driveEmulator.close();
      await proxy.close();
    },
  };
  await scene.run({ RUN_SECONDS: '60' });
  // Work for an incremental run: a changed book, a new folder with a book in it, and a removed book.
  const [first, second] = [...drive.items()].filter(({ mimeType }) => mimeType === 'application/pdf');
  drive.edit(first?.id ?? '');
  drive.trash(second?.id ?? '');
  const late = drive.addFolder({ name: 'Late', parent: shelf }).id;
  drive.addFile({ name: 'Emma - Jane Austen (1815).pdf', parent: late });
  return scene;
}

/** The message and the stack of an error and of all its causes. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 20; at = at.cause)
    texts.push(at.message, at.stack ?? '', String(at));
  return texts.join('\n');
}
