/** Lists the library: the root's whole tree, or the subtrees that came into it. */
import pLimit from 'p-limit';
import { errorOf } from '../core/causes.ts';
import type { Settings } from '../core/config.ts';
import { DriveScanError, type SyncError } from '../core/errors.ts';
import type { Logs } from '../core/logs.ts';
import type { OnProgress } from '../core/progress.ts';
import { driveCauses } from './causes.ts';
import type { DriveClient } from './client.ts';
import {
  type DriveItem,
  type FolderRef,
  fileOf,
  folderMimeType,
  type LibraryFile,
  type ReadItem,
  shortcutMimeType,
} from './items.ts';

/** Questions under way at once. Drive answers a list of 1,000 in seconds; more would only meet its rate limit. */
const parallel = 8;

/** What a listing found. */
export interface Scan {
  /** The books, by file id; each once, however many ways lead to it. */
  files: Map<string, LibraryFile>;
  /** Every folder listed, the starting ones included. */
  folders: Set<string>;
  /** Shortcut id -> id of the file or folder it stands for. */
  shortcuts: Map<string, string>;
  /** Why something was left out, if it was: then what is not in `files` may be in the library all the same. */
  gap: SyncError | undefined;
}

export interface ScanContext {
  drive: DriveClient;
  logs: Logs;
  /** Which files are books; the others are not kept. */
  isBook: (file: LibraryFile) => boolean;
  onProgress?: OnProgress | undefined;
}

/**
 * Makes sure that the root is a folder we see. Without this proof nothing may be removed: Drive answers a listing
 * of a folder it no longer shows us with an empty list.
 *
 * @throws DriveScanError with reason `rootNotFound`, `rootNotFolder` or `rootTrashed`, and what a call throws
 */
export async function proveRoot(drive: DriveClient, folder: Settings['folder']): Promise<FolderRef> {
  const root = await drive.get(folder.id, folder.resourceKey).catch((error) => {
    if (!(error instanceof DriveScanError) || error.reason !== 'notFound') throw error;
    throw errorOf(driveCauses.rootNotFound, `The Drive folder ${folder.id} is not visible`, {
      reason: 'rootNotFound',
      cause: error,
    });
  });
  if (root.mimeType !== folderMimeType) {
    const said = `GOOGLE_DRIVE_FOLDER_ID names "${root.name}", which is not a folder`;
    throw errorOf(driveCauses.rootNotFolder, said, { reason: 'rootNotFolder' });
  }
  if (root.trashed) {
    const said = `The Drive folder "${root.name}" is in the trash`;
    throw errorOf(driveCauses.rootTrashed, said, { reason: 'rootTrashed' });
  }
  return { id: root.id, driveId: root.driveId, resourceKey: folder.resourceKey };
}

/**
 * Lists everything below `roots`, breadth first: one query a folder, each to its last page.
 *
 * @param roots folders proven to be visible
 * @param options.known folders that need no listing again: what is in them is in the catalog
 * @param options.found an earlier listing to add to
 */
export async function scan(
  context: ScanContext,
  roots: FolderRef[],
  options: { known?: ReadonlySet<string>; found?: Scan } = {},
): Promise<Scan> {
  const found: Scan = options.found ?? {
    files: new Map(),
    folders: new Set(),
    shortcuts: new Map(),
    gap: undefined,
  };
  const seen = new Set([...(options.known ?? []), ...found.folders]);
  const limit = pLimit(parallel);
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

/** The folders not met before, which are met from now on: this is what ends cycles of shortcuts. */
function takeNew(folders: FolderRef[], seen: Set<string>): FolderRef[] {
  return folders.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Lists one folder to its last page: books into `found`, folders and shortcuts to the caller. */
async function listWhole(
  context: ScanContext,
  folder: FolderRef,
  found: Scan,
): Promise<{ folders: FolderRef[]; shortcuts: DriveItem[] }> {
  const { drive, logs } = context;
  const folders: FolderRef[] = [];
  const shortcuts: DriveItem[] = [];
  found.folders.add(folder.id);
  let pageToken: string | undefined;
  do {
    const page = await drive.listFolder(folder, pageToken).catch((error) => {
      if (!isOfOneItem(error)) throw error;
      reportGap(found, logs, folder.id, error);
      return undefined;
    });
    if (!page) break;
    if (page.incomplete)
      reportGap(
        found,
        logs,
        folder.id,
        partial('Drive says that its listing is incomplete', 'incompleteSearch'),
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

/** Takes a book into what was found; where Drive cannot say what it is, it is a gap. */
async function takeBook(context: ScanContext, item: DriveItem, found: Scan): Promise<void> {
  const file = await withChecksum(context, item, found);
  if (file) found.files.set(item.id, file);
}

/**
 * The book of an item. One of which Drive gave no checksum is looked at once more: every file with content has one, and
 * without it nobody could tell whether the content changed. One that has none even then is taken as it is.
 *
 * @returns nothing where that look failed, which is told as a gap in `found`
 */
export async function withChecksum(
  { drive, logs }: ScanContext,
  item: DriveItem,
  found: Scan,
): Promise<LibraryFile | undefined> {
  if (item.md5 !== null) return fileOf(item);
  try {
    return fileOf((await lookUp(drive, item.id, item.resourceKey)) ?? item);
  } catch (error) {
    if (!isOfOneItem(error)) throw error;
    reportGap(found, logs, item.id, error);
    return undefined;
  }
}

/** An entry that lacks fields is passed over, and with it the right to say what is not there. */
function takeItem(entry: ReadItem, found: Scan, logs: Logs): DriveItem | undefined {
  if ('item' in entry) return entry.item;
  const said = `Drive answered an entry without ${entry.missing.join(', ')}`;
  found.gap ??= errorOf(driveCauses.malformedEntry, said, { reason: 'malformedEntry' });
  logs.incompleteEntry(entry.id, entry.missing);
  return undefined;
}

function reportGap(found: Scan, logs: Logs, id: string, error: SyncError): void {
  found.gap ??= error;
  logs.scanIncomplete(id, error.message);
}

/** One item that fails does not hide the others; an exhausted quota, or no network, does. */
function isOfOneItem(error: unknown): error is DriveScanError {
  return error instanceof DriveScanError && !(error.reason !== undefined && exhausted.has(error.reason));
}

const exhausted = new Set([
  'dailyLimitExceeded',
  'quotaExceeded',
  'sharingRateLimitExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
]);

/** Something that keeps a listing from being whole, and may be otherwise at the next one. */
export function partial(message: string, reason: string): SyncError {
  return errorOf(driveCauses.incomplete, message, { reason });
}

/**
 * Looks at what a shortcut stands for. A file goes into `found`; a folder is the caller's to list, now that it is
 * proven to be visible.
 */
export async function followShortcut(
  context: ScanContext,
  shortcut: DriveItem,
  found: Scan,
): Promise<FolderRef[]> {
  const { drive, logs } = context;
  const { targetId, resourceKey } = shortcut.shortcut ?? {};
  // Remembered even where it dangles: the target may come back, and the feed will tell.
  if (targetId !== undefined) found.shortcuts.set(shortcut.id, targetId);
  let target: DriveItem | undefined;
  try {
    target = targetId === undefined ? undefined : await lookUp(drive, targetId, resourceKey);
  } catch (error) {
    if (!isOfOneItem(error)) throw error;
    reportGap(found, logs, shortcut.id, error);
    return [];
  }
  if (!target || target.trashed || target.mimeType === shortcutMimeType) {
    logs.danglingShortcut(shortcut.name, shortcut.id, targetId);
    return [];
  }
  if (target.mimeType === folderMimeType) return [{ ...refOf(target), resourceKey }];
  if (context.isBook(target)) await takeBook(context, target, found);
  return [];
}

/**
 * The item, or nothing where Drive does not show it to us. Drive says so wrongly at times, and here it would take all
 * that is behind a shortcut out of the library: it is believed when it is said twice.
 */
async function lookUp(
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

function refOf({ id, driveId, resourceKey }: DriveItem): FolderRef {
  return { id, driveId, resourceKey };
}
