import {
  isOfOneItem,
  type Listing,
  type ListingContext,
  lookUp,
  refOf,
  reportIncomplete,
  takeBook,
} from './found-items.ts';
import { type DriveItem, type FolderRef, folderMimeType, shortcutMimeType } from './items.ts';

/**
 * Looks at what a shortcut stands for. A file goes into `found`; a folder is the caller's to list, now that it is
 * proven to be visible.
 */
export async function followShortcut(
  context: ListingContext,
  shortcut: DriveItem,
  found: Listing,
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
    reportIncomplete(found, logs, shortcut.id, error);
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
