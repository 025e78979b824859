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
 * Resolves a shortcut. Adds a target file to `found`. Returns a target folder, now known to be accessible, for the
 * caller to list.
 */
export async function followShortcut(
  context: ListingContext,
  shortcut: DriveItem,
  found: Listing,
): Promise<FolderRef[]> {
  const { drive, logs } = context;
  const { targetId, resourceKey } = shortcut.shortcut ?? {};
  // Recorded even if the shortcut is broken: the target may come back, and the changes feed reports it then.
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
