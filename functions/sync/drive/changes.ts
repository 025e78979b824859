/** Reads the changes feed and determines which books were added to the library, changed, or left it. */
import { DriveScanError } from '../core/errors.ts';
import { type Listing, type ListingContext, withChecksum } from './found-items.ts';
import {
  type DriveItem,
  type FolderRef,
  folderMimeType,
  type LibraryFile,
  shortcutMimeType,
} from './items.ts';
import { listLibrary } from './listing.ts';
import { followShortcut } from './shortcuts.ts';

/** What is known about the library before the feed is read. */
export interface KnownLibrary {
  rootId: string;
  /** The shared drive that the feed belongs to, if the library is in one. */
  sharedDriveId: string | undefined;
  folders: ReadonlySet<string>;
  /** Shortcut ID -> target ID. */
  shortcuts: ReadonlyMap<string, string>;
  /** When the last listing of folders ended, RFC 3339; undefined if unknown. */
  listedUntil: string | undefined;
}

export interface FeedEntry {
  item: DriveItem | undefined;
  /** When it changed, RFC 3339. */
  time: string | undefined;
}

/** The feed from one token to its end: the last entry of each file. An item that is undefined is not accessible. */
export interface Feed {
  kind: 'feed';
  entries: Map<string, FeedEntry>;
  newToken: string;
}

export interface LibraryChanges {
  kind: 'changes';
  /** Books that are in the library, whether new, changed, or unchanged. */
  present: Map<string, LibraryFile>;
  /** Files that are not in the library or are not books. Most of them never were. */
  absent: Set<string>;
  /** Files whose location the feed does not give. If one of them is in `absent`, that may be wrong. */
  unplaced: Set<string>;
  folders: Set<string>;
  shortcuts: Map<string, string>;
  incompleteReason: Listing['incompleteReason'];
}

/** Why the feed is not enough to know what happened, so that the library must be listed. */
export interface NeedsListing {
  kind: 'needsListing';
  reason: string;
}

export function needsListing(reason: string): NeedsListing {
  return { kind: 'needsListing', reason };
}

/**
 * Reads the changes feed to its end. A token that Drive rejects or an incomplete entry requires a listing instead.
 */
export async function readFeed(
  { drive, logs }: ListingContext,
  token: string,
  sharedDriveId: string | undefined,
): Promise<Feed | NeedsListing> {
  const entries: Feed['entries'] = new Map();
  for (let pageToken = token; ; ) {
    const page = await drive.changes(pageToken, sharedDriveId).catch((error) => {
      if (
        error instanceof DriveScanError &&
        (error.status === 400 || error.status === 410 || error.status === 404)
      )
        return undefined;
      throw error;
    });
    if (!page) return needsListing('Drive rejected the page token of the changes feed');
    for (const entry of page.entries) {
      if (entry.kind === 'incomplete') {
        logs.incompleteEntry(entry.fileId, entry.missing);
        return needsListing('an entry of the changes feed is incomplete');
      }
      entries.set(entry.fileId, { item: entry.item, time: entry.time });
    }
    if (page.nextPageToken === undefined)
      return { kind: 'feed', entries, newToken: page.newStartPageToken ?? pageToken };
    pageToken = page.nextPageToken;
  }
}

/**
 * Sorts the entries of the feed: folders and shortcuts first, because they decide which files are in the library.
 * Folders that enter the library are listed here. A folder that leaves takes content along that the feed does not
 * report, so it requires a reconcile.
 */
export async function sortChanges(
  context: ListingContext,
  feed: Feed,
  known: KnownLibrary,
): Promise<LibraryChanges | NeedsListing> {
  const targets = new Set(known.shortcuts.values());
  const isInside = (item: DriveItem, folders: ReadonlySet<string>) =>
    targets.has(item.id) || (item.parent !== undefined && folders.has(item.parent));
  // With a shortcut to a folder, the library is no longer a tree. Folders that lost their connection to the root can
  // still appear to be in the library, because each is linked from another one. Only a listing from the root shows
  // whether they are.
  const linked = [...targets].some((target) => known.folders.has(target));
  const newFolders: FolderRef[] = [];
  const newShortcuts: DriveItem[] = [];
  const unplaced = new Set<string>();
  const files: [string, DriveItem | undefined][] = [];

  for (const [id, { item: current, time }] of feed.entries) {
    const item = current?.trashed ? undefined : current;
    if (known.folders.has(id) || known.shortcuts.has(id)) {
      const what = known.folders.has(id) ? 'a folder' : 'a shortcut';
      const stays = item !== undefined && (id === known.rootId || isInside(item, known.folders));
      if (!stays) return needsListing(`${what} left the library`);
      if (known.folders.has(id) && mayHaveBeenAway(time, known.listedUntil))
        return needsListing('a folder changed around the time it was listed');
      if (linked) return needsListing(`${what} changed in a library with shortcuts to folders`);
    } else if (item?.mimeType === folderMimeType) {
      if (isInside(item, known.folders))
        newFolders.push({ id, sharedDriveId: item.sharedDriveId, resourceKey: item.resourceKey });
    } else if (item?.mimeType === shortcutMimeType) {
      newShortcuts.push(item);
    } else {
      if (current?.trashedAbove && isInside(current, known.folders))
        return needsListing('a parent folder of a book is in the trash');
      files.push([id, item]);
      // When an item moves to another drive, the feed of a shared drive reports only that it was removed. A
      // shortcut in the library may still point to it there.
      if (!current && known.sharedDriveId !== undefined && targets.has(id))
        return needsListing('the target of a shortcut left the shared drive');
      if (current ? item && item.parent === undefined : known.sharedDriveId !== undefined && linked)
        unplaced.add(id);
    }
  }

  const found = await listLibrary(context, newFolders, { known: known.folders });
  const isNowInside = (item: DriveItem) => isInside(item, known.folders) || isInside(item, found.folders);
  for (const shortcut of newShortcuts) {
    if (found.shortcuts.has(shortcut.id) || !isNowInside(shortcut)) continue;
    const target = await followShortcut(context, shortcut, found);
    await listLibrary(context, target, { known: known.folders, found });
  }

  // The listing is newer than the feed: if both include a file, the listing is correct.
  const present = found.files;
  const absent = new Set<string>();
  for (const [id, item] of files) {
    if (present.has(id)) continue;
    if (item && context.isBook(item) && isNowInside(item)) {
      const file = await withChecksum(context, item, found);
      if (file) present.set(id, file);
    } else absent.add(id);
  }
  return {
    kind: 'changes',
    present,
    absent,
    unplaced,
    folders: new Set([...known.folders, ...found.folders]),
    shortcuts: new Map([...known.shortcuts, ...found.shortcuts]),
    incompleteReason: found.incompleteReason,
  };
}

/**
 * Whether a folder may have been inaccessible while it was listed. If it was unshared and shared again, or trashed
 * and restored, the feed shows only that the folder exists and when it last changed. If it was inaccessible during
 * the listing, the listing missed its books, and they were treated as gone. A change three hours (three scheduled
 * runs) or more after the listing is safe: one of the runs since would have seen the folder while it was
 * inaccessible.
 */
function mayHaveBeenAway(changed: string | undefined, listedUntil: string | undefined): boolean {
  if (!changed || !listedUntil) return true;
  return Date.parse(changed) - Date.parse(listedUntil) < 3 * 3_600_000;
}
