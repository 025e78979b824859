/** Lists the library: the whole tree below the root, or only the subtrees that were added to it. */
import pLimit from 'p-limit';
import type { Settings } from '../core/config.ts';
import { DriveScanError, errorOf } from '../core/errors.ts';
import type { Logs } from '../core/logs.ts';
import { driveCauses } from './causes.ts';
import type { DriveClient } from './client.ts';
import { incompleteError } from './errors.ts';
import {
  isOfOneItem,
  type Listing,
  type ListingContext,
  refOf,
  reportIncomplete,
  takeBook,
} from './found-items.ts';
import { type DriveItem, type FolderRef, folderMimeType, type ReadItem, shortcutMimeType } from './items.ts';
import { followShortcut } from './shortcuts.ts';

/** Maximum number of parallel calls. Drive lists 1,000 items in seconds; more calls would only hit its rate limit. */
const concurrency = 8;

/**
 * Verifies that the root is a folder that is accessible and not in the trash. Nothing may be removed without this
 * check, because listing a folder that is no longer accessible returns an empty list.
 *
 * @throws DriveScanError with reason `rootNotFound`, `rootNotFolder`, or `rootTrashed`, and any error of a call
 */
export async function verifyRoot(drive: DriveClient, folder: Settings['folder']): Promise<FolderRef> {
  const root = await drive.get(folder.id, folder.resourceKey).catch((error) => {
    if (!(error instanceof DriveScanError) || error.reason !== 'notFound') throw error;
    throw errorOf(driveCauses.rootNotFound, `The Drive folder ${folder.id} is not accessible`, {
      reason: 'rootNotFound',
      cause: error,
    });
  });
  if (root.mimeType !== folderMimeType) {
    const message = `GOOGLE_DRIVE_FOLDER_ID refers to "${root.name}", which is not a folder`;
    throw errorOf(driveCauses.rootNotFolder, message, { reason: 'rootNotFolder' });
  }
  if (root.trashed) {
    const message = `The Drive folder "${root.name}" is in the trash`;
    throw errorOf(driveCauses.rootTrashed, message, { reason: 'rootTrashed' });
  }
  return { id: root.id, sharedDriveId: root.sharedDriveId, resourceKey: folder.resourceKey };
}

/**
 * Lists everything below `roots`, breadth first: one query per folder, each to its last page.
 *
 * @param roots folders that are known to be accessible
 * @param options.known folders not to list again, because their content is in the catalog
 * @param options.found an earlier listing to add to
 */
export async function listLibrary(
  context: ListingContext,
  roots: FolderRef[],
  options: { known?: ReadonlySet<string>; found?: Listing } = {},
): Promise<Listing> {
  const found: Listing = options.found ?? {
    files: new Map(),
    folders: new Set(),
    shortcuts: new Map(),
    incompleteReason: undefined,
  };
  const seen = new Set([...(options.known ?? []), ...found.folders]);
  const limit = pLimit(concurrency);
  let level = takeNew(roots, seen);
  while (level.length > 0) {
    const below = await Promise.all(level.map((folder) => limit(() => listWhole(context, folder, found))));
    const shortcuts = below.flatMap((listed) => listed.shortcuts);
    const targets = await Promise.all(
      shortcuts.map((shortcut) => limit(() => followShortcut(context, shortcut, found))),
    );
    level = takeNew([...below.flatMap((listed) => listed.folders), ...targets.flat()], seen);
  }
  return found;
}

/** Returns the folders that are not in `seen` and adds them to it. This ends cycles of shortcuts. */
function takeNew(folders: FolderRef[], seen: Set<string>): FolderRef[] {
  return folders.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Lists one folder to its last page. Adds books to `found` and returns folders and shortcuts. */
async function listWhole(
  context: ListingContext,
  folder: FolderRef,
  found: Listing,
): Promise<{ folders: FolderRef[]; shortcuts: DriveItem[] }> {
  const { drive, logs } = context;
  const folders: FolderRef[] = [];
  const shortcuts: DriveItem[] = [];
  found.folders.add(folder.id);
  let pageToken: string | undefined;
  do {
    const page = await drive.listFolder(folder, pageToken).catch((error) => {
      if (!isOfOneItem(error)) throw error;
      reportIncomplete(found, logs, folder.id, error);
      return undefined;
    });
    if (!page) break;
    if (page.incomplete)
      reportIncomplete(
        found,
        logs,
        folder.id,
        incompleteError('Drive returned an incomplete folder listing', 'incompleteSearch'),
      );
    for (const entry of page.entries) {
      const item = takeItem(entry, found, logs);
      if (!item || item.trashed) continue;
      if (item.mimeType === folderMimeType) folders.push(refOf(item));
      else if (item.mimeType === shortcutMimeType) shortcuts.push(item);
      else if (context.isBook(item)) await takeBook(context, item, found);
    }
    pageToken = page.nextPageToken;
    context.onProgress?.({ step: 'listing', folders: found.folders.size, files: found.files.size });
  } while (pageToken !== undefined);
  return { folders, shortcuts };
}

/** Skips an entry with missing or invalid fields and marks the listing as incomplete, so that nothing is removed. */
function takeItem(entry: ReadItem, found: Listing, logs: Logs): DriveItem | undefined {
  if (entry.kind === 'item') return entry.item;
  const message = `Drive returned an entry with missing or invalid fields: ${entry.missing.join(', ')}`;
  found.incompleteReason ??= errorOf(driveCauses.malformedEntry, message, { reason: 'malformedEntry' });
  logs.incompleteEntry(entry.id, entry.missing);
  return undefined;
}
