import { DriveScanError, type SyncError } from '../core/errors.ts';
import type { Logs } from '../core/logs.ts';
import type { OnProgress } from '../core/progress.ts';
import type { DriveClient } from './client.ts';
import { type DriveItem, type FolderRef, fileOf, type LibraryFile } from './items.ts';
import { isQuotaExhausted } from './quota.ts';

/** What a listing found. */
export interface Listing {
  /** The books, by file id; each once, however many ways lead to it. */
  files: Map<string, LibraryFile>;
  /** Every folder listed, the starting ones included. */
  folders: Set<string>;
  /** Shortcut id -> id of the file or folder it stands for. */
  shortcuts: Map<string, string>;
  /** Why something was left out, if it was: then what is not in `files` may be in the library all the same. */
  incompleteReason: SyncError | undefined;
}

export interface ListingContext {
  drive: DriveClient;
  logs: Logs;
  /** Which files are books; the others are not kept. */
  isBook: (file: LibraryFile) => boolean;
  onProgress?: OnProgress | undefined;
}

/** One item that fails does not hide the others; an exhausted quota, or no network, does. */
export function isOfOneItem(error: unknown): error is DriveScanError {
  return error instanceof DriveScanError && !isQuotaExhausted(error);
}

export function reportIncomplete(found: Listing, logs: Logs, id: string, error: SyncError): void {
  found.incompleteReason ??= error;
  logs.scanIncomplete(id, error.message);
}

/**
 * The book of an item. One of which Drive gave no checksum is looked at once more: every file with content has one, and
 * without it nobody could tell whether the content changed. One that has none even then is taken as it is.
 *
 * @returns nothing where that look failed, which is told as a gap in `found`
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

/** Takes a book into what was found; where Drive cannot say what it is, it is a gap. */
export async function takeBook(context: ListingContext, item: DriveItem, found: Listing): Promise<void> {
  const file = await withChecksum(context, item, found);
  if (file) found.files.set(item.id, file);
}

/**
 * The item, or nothing where Drive does not show it to us. Drive says so wrongly at times, and here it would take all
 * that is behind a shortcut out of the library: it is believed when it is said twice.
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
