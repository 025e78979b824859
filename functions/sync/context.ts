/** What the parts of one run share. */
import type { Catalog } from './catalog/catalog.ts';
import type { Checkpoint } from './catalog/checkpoint.ts';
import type { Settings } from './core/config.ts';
import type { Deadline, Retry } from './core/deadline.ts';
import type { SyncError } from './core/errors.ts';
import type { Logs } from './core/logs.ts';
import type { OnProgress } from './core/progress.ts';
import type { Meter } from './core/usage.ts';
import type { DriveClient } from './drive/client.ts';
import type { LibraryFile } from './drive/items.ts';
import type { Reader } from './metadata/embedded/reader.ts';
import { toLibraryBook } from './plan/library-book.ts';
import { createPlanner, type OnCompared, type Plan, type Planner } from './plan/planner.ts';
import type { History } from './write/run-history.ts';

export interface RunContext {
  settings: Settings;
  /** Stands for the settings in the checkpoint; see `fingerprintOf`. */
  fingerprint: string;
  drive: DriveClient;
  catalog: Catalog;
  logs: Logs;
  meter: Meter;
  deadline: Deadline;
  retry: Retry;
  /** Undefined where no content is read. */
  reader: Reader | undefined;
  onProgress?: OnProgress | undefined;
  /** Undefined where nothing is written: a dry run leaves no record. */
  history?: History | undefined;
  /** Sees each document that stands for a book of the library: what a run leaves as it is shows nowhere else. */
  onCompared?: OnCompared | undefined;
  /**
   * Works for a share of the run's time, in seconds, on connections of its own: they are cut when it is over, and the
   * run goes on with its own.
   *
   * @throws DeadlineReached when the share is over, and what `work` throws
   */
  withShare<T>(seconds: number, work: (share: RunContext) => Promise<T>): Promise<T>;
}

/** What a run would do: the plan, and the checkpoint that goes with it. */
export interface Proposal extends Plan {
  /** The checkpoint while changes are outstanding. */
  meanwhile: Checkpoint;
  /** The checkpoint when all is applied; the count of books and the held removals are filled in then. */
  final: Checkpoint;
  /** Why the library was not seen whole, if it was not. */
  gap: SyncError | undefined;
}

/** A planner that compares with these files of the library. */
export function planFor(
  { settings, onCompared }: RunContext,
  fileOf: (driveId: string) => LibraryFile | undefined,
): Planner {
  return createPlanner(
    (driveId) => {
      const file = fileOf(driveId);
      return file && toLibraryBook(file, settings.embeddedMetadata);
    },
    settings.removals,
    onCompared,
  );
}
