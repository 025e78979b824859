/** The changes feed, read against the folders of the library: which books came, changed or left. */
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

/** What is known of the library before the feed is read. */
export interface KnownLibrary {
  rootId: string;
  /** The shared drive the feed belongs to, if the library is in one. */
  sharedDriveId: string | undefined;
  folders: ReadonlySet<string>;
  /** Shortcut id -> target id. */
  shortcuts: ReadonlyMap<string, string>;
  /** Until when folders were being listed, RFC 3339; undefined where that is not known. */
  listedUntil: string | undefined;
}

export interface FeedEntry {
  item: DriveItem | undefined;
  /** When it changed, RFC 3339. */
  time: string | undefined;
}

/** The feed from one token to its end: the last entry of each file, undefined for what is gone from our sight. */
export interface Feed {
  kind: 'feed';
  entries: Map<string, FeedEntry>;
  newToken: string;
}

export interface LibraryChanges {
  kind: 'changes';
  /** Books that are in the library, new or changed or not. */
  present: Map<string, LibraryFile>;
  /** Files that are not in the library, or are no books; most of them never were. */
  absent: Set<string>;
  /** Files of which the feed does not say where they are, should they be absent. */
  unplaced: Set<string>;
  folders: Set<string>;
  shortcuts: Map<string, string>;
  incompleteReason: Listing['incompleteReason'];
}

/** Why the feed cannot tell what happened, so that the library must be listed. */
export interface NeedsListing {
  kind: 'needsListing';
  reason: string;
}

export function needsListing(reason: string): NeedsListing {
  return { kind: 'needsListing', reason };
}

/** Reads the feed to its end. A token that Drive takes no more, or half an entry, wants a listing instead. */
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
    if (!page) return needsListing('Drive no longer takes the token of the changes feed');
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
 * What comes into the library is listed here; what leaves it takes unknown content along, and wants a reconcile.
 */
export async function sortChanges(
  context: ListingContext,
  feed: Feed,
  known: KnownLibrary,
): Promise<LibraryChanges | NeedsListing> {
  const targets = new Set(known.shortcuts.values());
  const isInside = (item: DriveItem, folders: ReadonlySet<string>) =>
    targets.has(item.id) || (item.parent !== undefined && folders.has(item.parent));
  // Below a shortcut to a folder the library is no tree: folders that hang together by shortcuts alone vouch for each
  // other when they have lost the root. Only a listing from the root tells.
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
        return needsListing('a folder changed about when it was listed');
      if (linked) return needsListing(`${what} changed in a library with shortcuts to folders`);
    } else if (item?.mimeType === folderMimeType) {
      if (isInside(item, known.folders))
        newFolders.push({ id, sharedDriveId: item.sharedDriveId, resourceKey: item.resourceKey });
    } else if (item?.mimeType === shortcutMimeType) {
      newShortcuts.push(item);
    } else {
      if (current?.trashedAbove && isInside(current, known.folders))
        return needsListing('a folder above a book is in the trash');
      files.push([id, item]);
      // The feed of a shared drive says of what went to another drive only that it is gone, and there a shortcut of
      // the library may lead to it.
      if (!current && known.sharedDriveId !== undefined && targets.has(id))
        return needsListing('what a shortcut stands for left the shared drive');
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

  // A listing is later than the feed: where both speak of a file, the listing is right.
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
 * Hidden and shown again, trashed and restored: the feed shows only that a folder is there, and when it last changed. If
 * it was away while it was listed, its books were taken to be gone. Three ticks after a listing that can no longer be:
 * one of the runs since would have met it while it was away.
 */
function mayHaveBeenAway(changed: string | undefined, listedUntil: string | undefined): boolean {
  if (!changed || !listedUntil) return true;
  return Date.parse(changed) - Date.parse(listedUntil) < 3 * 3_600_000;
}
