/** Defines checks and their findings. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import type { Catalog } from '../../sync/catalog/catalog.ts';
import type { StoredCheckpoint } from '../../sync/catalog/checkpoint.ts';
import type { Connection as CatalogConnection } from '../../sync/catalog/connection.ts';
import type { Deadline } from '../../sync/core/deadline.ts';
import type { Retry } from '../../sync/core/retry.ts';
import type { DriveClient } from '../../sync/drive/client.ts';
import type { Connection as DriveConnection } from '../../sync/drive/connection.ts';
import type { FolderRef } from '../../sync/drive/items.ts';

/** The checks in the order they are shown, with their titles. */
export const titles = {
  settings: 'Settings',
  driveIdentity: 'Drive identity',
  catalogIdentity: 'Firestore identity',
  clock: 'Clock',
  driveToken: 'Drive token',
  driveScope: 'Token scopes',
  driveApi: 'Drive API',
  folder: 'Folder',
  contents: 'Folder contents',
  changesFeed: 'Changes feed',
  firestore: 'Firestore',
  firestoreWrite: 'Firestore writes',
  lastRun: 'Last run',
} as const;

export type CheckName = keyof typeof titles;

export interface Finding {
  check: CheckName;
  /** `todo`: a run would fail, or a person has to decide. `unchecked`: a check that this one needs failed. */
  status: 'ok' | 'warning' | 'todo' | 'unchecked';
  said: string;
  /** What to do, followed by the exact commands and pages. */
  todo: string[];
}

/** The result of one check. If a check throws a SyncError, its finding shows what a run would log. */
export type Result = Pick<Finding, 'said'> & Partial<Pick<Finding, 'status' | 'todo'>>;

/** What all checks share. */
export interface Subject extends RunSettings {
  environment: EnvironmentName;
  drive: DriveClient;
  driveConnection: DriveConnection;
  catalog: Catalog;
  catalogConnection: CatalogConnection;
  deadline: Deadline;
  retry: Retry;
  /** The clock of this machine, in milliseconds since 1970. */
  now: () => number;
  /** Results of earlier checks that later checks use. */
  found: { accessToken?: string; root?: FolderRef; stored?: StoredCheckpoint };
}

export interface Check {
  name: CheckName;
  /** Checks that must not have failed. */
  needs: readonly CheckName[];
  /** Which table of causes explains the errors it throws. */
  side: 'drive' | 'catalog';
  run: (subject: Subject) => Result | Promise<Result>;
}
