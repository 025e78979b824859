/** The result of a listing, and how items are added to it. */
import { DriveScanError, type SyncError } from '../core/errors.ts';
import type { Logs } from '../core/logs.ts';
import type { OnProgress } from '../core/progress.ts';
import type { DriveClient } from './client.ts';
import { type DriveItem, type FolderRef, fileOf, type LibraryFile } from './items.ts';
import { isQuotaExhausted } from './quota.ts';

/** The result of a listing. */
export interface Listing {
  /** The books by file ID. Each appears once, no matter how many folders and shortcuts lead to it. */
  files: Map<string, LibraryFile>;
  /** Every listed folder, including the starting folders. */
  folders: Set<string>;
  /** Shortcut ID -> ID of its target file or folder. */
  shortcuts: Map<string, string>;
  /** Why the listing is incomplete, if it is. If so, a file that is not in `files` may still be in the library. */
  incompleteReason: SyncError | undefined;
}

export interface ListingContext {
  drive: DriveClient;
  logs: Logs;
  /** Decides which files are books. Other files are ignored. */
  isBook: (file: LibraryFile) => boolean;
  onProgress?: OnProgress | undefined;
}

/** True if an error affects only one item. An exhausted quota or a network failure affects the other items too. */
export function isOfOneItem(error: unknown): error is DriveScanError {
  return error instanceof DriveScanError && !isQuotaExhausted(error);
}

export function reportIncomplete(found: Listing, logs: Logs, id: string, error: SyncError): void {
  found.incompleteReason ??= error;
  logs.scanIncomplete(id, error.message);
}

/**
 * Returns the book for an item. If Drive returned no checksum, gets the item once more: every file with content has
 * a checksum, and without it there is no way to tell whether the content changed. If the second response has none
 * either, the book is accepted without one.
 *
 * @returns undefined if that second call failed; `found` is then marked as incomplete
 */
export async function withChecksum(
  { drive, logs }: ListingContext,
  item: DriveItem,
  found: Listing,
): Promise<LibraryFile | undefined> {
  if (item.md5 !== null) return fileOf(item);
  try {
    return fileOf((await lookUp(drive, item.id, item.resourceKey)) ?? item);
  } catch (error) {
    if (!isOfOneItem(error)) throw error;
    reportIncomplete(found, logs, item.id, error);
    return undefined;
  }
}

/** Adds a book to `found`. If its metadata cannot be read from Drive, marks `found` as incomplete. */
export async function takeBook(context: ListingContext, item: DriveItem, found: Listing): Promise<void> {
  const file = await withChecksum(context, item, found);
  if (file) found.files.set(item.id, file);
}

/**
 * Gets an item; undefined if it is not accessible. Drive sometimes responds `notFound` by mistake, and believing it
 * would remove everything behind a shortcut from the library, so only a second `notFound` counts.
 */
export async function lookUp(
  drive: DriveClient,
  id: string,
  resourceKey: string | undefined,
): Promise<DriveItem | undefined> {
  const look = () =>
    drive.get(id, resourceKey).catch((error) => {
      if (error instanceof DriveScanError && error.reason === 'notFound') return undefined;
      throw error;
    });
  return (await look()) ?? (await look());
}

export function refOf({ id, sharedDriveId, resourceKey }: DriveItem): FolderRef {
  return { id, sharedDriveId, resourceKey };
}
