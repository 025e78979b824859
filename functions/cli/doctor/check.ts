/** What a check is, and what it finds. */

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

/** What is checked, in the order it is told, with what a person calls it. */
export const titles = {
  settings: 'Settings',
  driveIdentity: 'Who reads Drive',
  catalogIdentity: 'Who writes Firestore',
  clock: 'Clock',
  driveToken: 'Token for Drive',
  driveScope: 'Scope of the token',
  driveApi: 'Drive API',
  folder: 'Folder',
  contents: 'What is in the folder',
  changesFeed: 'Changes feed',
  firestore: 'Firestore',
  firestoreWrite: 'Writing to Firestore',
  lastRun: 'Last run',
} as const;

export type CheckName = keyof typeof titles;

export interface Finding {
  check: CheckName;
  /** `todo`: a run would fail, or a person has to decide. `unchecked`: something it needs is not right. */
  status: 'ok' | 'warning' | 'todo' | 'unchecked';
  said: string;
  /** What to do, then the exact commands and pages for it. */
  todo: string[];
}

/** What one check says; a SyncError that it throws is told as the run would tell it. */
export type Result = Pick<Finding, 'said'> & Partial<Pick<Finding, 'status' | 'todo'>>;

/** What the checks work with. */
export interface Subject extends RunSettings {
  environment: EnvironmentName;
  drive: DriveClient;
  driveConnection: DriveConnection;
  catalog: Catalog;
  catalogConnection: CatalogConnection;
  deadline: Deadline;
  retry: Retry;
  /** Our clock, in milliseconds since 1970. */
  now: () => number;
  /** What earlier checks found and later ones use. */
  found: { accessToken?: string; root?: FolderRef; stored?: StoredCheckpoint };
}

export interface Check {
  name: CheckName;
  /** Checks that must not have failed. */
  needs: readonly CheckName[];
  /** Whose table of causes explains what it throws. */
  side: 'drive' | 'catalog';
  run: (subject: Subject) => Result | Promise<Result>;
}
