/**
 * The test fixture of one history: a simulated Drive and the emulator that serves it, a Firestore project, the settings
 * of the sync, and the model.
 */
import { randomUUID } from 'node:crypto';
import { type DriveEmulator, startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { readSettings, type Settings } from '../../functions/sync/core/config.ts';
import { type Documents, openDocuments } from './documents.ts';
import { createModel, type Model } from './model.ts';
import type { InitialState } from './operations.ts';
import type { Statistics } from './statistics.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const identity = { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' };

export interface FixtureOptions {
  /** Whether to run the next run that is to be killed in a child process and kill it with SIGKILL. */
  takeChildKill: () => boolean;
}

export interface Fixture {
  workspace: Workspace;
  driveEmulator: DriveEmulator;
  settings: Settings;
  /** The catalog. */
  documents: Documents;
  /** The collection with the checkpoint, which the test edits to simulate that time passes. */
  state: Documents;
  model: Model;
  firestoreHost: string;
  statistics: Statistics;
  options: FixtureOptions;
  /** The history so far, one line per operation. */
  log: string[];
  /** Whether a folder disappeared or came back at a time when a listing may have missed it. */
  mayHaveMissedFolder: boolean;
  /** For how many operations in a row the root has been unavailable. */
  rootAbsentFor: number;
  /** How many of the newest feed entries are withheld. */
  delayedEntries: number;
  /** The number of held removals that the last completed run reported. */
  lastHeld: number;
  close(): Promise<void>;
}

export async function openFixture(
  initial: InitialState,
  statistics: Statistics,
  options: FixtureOptions,
): Promise<Fixture> {
  const firestoreHost = process.env.FIRESTORE_EMULATOR_HOST;
  if (!firestoreHost) throw new Error('FIRESTORE_EMULATOR_HOST is not set.');
  const workspace = openWorkspace(initial, 'convergence');
  const driveEmulator = await startDriveEmulator(workspace.drive, {
    oauth: { ...identity, scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'] },
    behavior: { shortPages: initial.pages, missingFolder: initial.missingFolder },
  });
  const settings: Settings = {
    ...readSettings({
      GOOGLE_DRIVE_FOLDER_ID: workspace.root,
      FIREBASE_PROJECT_ID: `h-${randomUUID().slice(0, 18)}`,
      GOOGLE_CLIENT_ID: identity.clientId,
      GOOGLE_CLIENT_SECRET: identity.clientSecret,
      GOOGLE_REFRESH_TOKEN: identity.refreshToken,
    }),
    // The write rate limit is for real databases. Here it would only slow the test down.
    writesPerSecond: 1_000_000,
  };
  return {
    workspace,
    driveEmulator,
    settings,
    documents: openDocuments(firestoreHost, settings.projectId, settings.collection),
    state: openDocuments(firestoreHost, settings.projectId, settings.stateCollection),
    model: createModel(workspace, initial),
    firestoreHost,
    statistics,
    options,
    log: [],
    delayedEntries: 0,
    mayHaveMissedFolder: false,
    rootAbsentFor: 0,
    lastHeld: 0,
    close: () => driveEmulator.close(),
  };
}
