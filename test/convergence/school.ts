/** All that one history has: a Drive, a sandbox that serves it, a Firestore project, and what the judge remembers. */
import { randomUUID } from 'node:crypto';
import { type DriveEmulator, startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { readSettings, type Settings } from '../../functions/sync/core/config.ts';
import { type Documents, openDocuments } from './documents.ts';
import { type Estate, openEstate } from './estate.ts';
import { type Ledger, openLedger } from './ledger.ts';
import type { Beginning } from './operations.ts';
import type { Statistics } from './statistics.ts';

const identity = { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' };

export interface SchoolOptions {
  /** Whether the next killed run is to be a process of its own, killed outright. */
  takeChildKill: () => boolean;
}

export interface School {
  estate: Estate;
  driveEmulator: DriveEmulator;
  settings: Settings;
  documents: Documents;
  /** The sync's own document, to let time pass in it. */
  state: Documents;
  ledger: Ledger;
  firestoreHost: string;
  statistics: Statistics;
  options: SchoolOptions;
  /** The history so far, a line each. */
  told: string[];
  /** A folder went away (or came back) where a listing may have missed it. */
  awayUnseen: boolean;
  /** For how many operations the root has been away. */
  awayFor: number;
  /** How many entries of the feed do not show. */
  delayed: number;
  /** Removals that the last completed run said were held. */
  lastHeld: number;
  held: () => number;
  close(): Promise<void>;
}

export async function openSchool(
  beginning: Beginning,
  statistics: Statistics,
  options: SchoolOptions,
): Promise<School> {
  const firestoreHost = process.env.FIRESTORE_EMULATOR_HOST;
  if (!firestoreHost) throw new Error('FIRESTORE_EMULATOR_HOST is not set.');
  const estate = openEstate(beginning, 'convergence');
  const driveEmulator = await startDriveEmulator(estate.drive, {
    oauth: { ...identity, scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'] },
    behavior: { shortPages: beginning.pages, missingFolder: beginning.missingFolder },
  });
  const settings: Settings = {
    ...readSettings({
      GOOGLE_DRIVE_FOLDER_ID: estate.root,
      FIREBASE_PROJECT_ID: `h-${randomUUID().slice(0, 18)}`,
      GOOGLE_CLIENT_ID: identity.clientId,
      GOOGLE_CLIENT_SECRET: identity.clientSecret,
      GOOGLE_REFRESH_TOKEN: identity.refreshToken,
    }),
    // The pause between batches is for a database that is billed.
    writesPerSecond: 1_000_000,
  };
  const school: School = {
    estate,
    driveEmulator,
    settings,
    documents: openDocuments(firestoreHost, settings.projectId, settings.collection),
    state: openDocuments(firestoreHost, settings.projectId, settings.stateCollection),
    ledger: openLedger(estate, beginning),
    firestoreHost,
    statistics,
    options,
    told: [],
    delayed: 0,
    awayUnseen: false,
    awayFor: 0,
    lastHeld: 0,
    held: () => school.lastHeld,
    close: () => driveEmulator.close(),
  };
  return school;
}
