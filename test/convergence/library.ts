/**
 * Part of the model: computes what is in the library from the state of the simulated Drive. The library is the tree
 * below the root and the targets of the shortcuts in it.
 *
 * The documented rules: trashed and inaccessible items are not in the library. A shortcut stands for its target, which
 * counts once however many shortcuts point to it. A cycle of shortcuts is followed once. A shortcut to
 * another shortcut, or to nothing, is broken. This code is written independently of how the sync lists the library.
 */
import type { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { type Item, shortcutMimeType } from '../../functions/drive-emulator/model/item.ts';
import { expectedOf } from './names.ts';

export interface Library {
  /** Only books, by file ID. */
  books: Map<string, Item>;
  /** Folders whose content is in the library, including the root. */
  folders: Set<string>;
  /** Shortcuts in those folders. */
  shortcuts: Set<string>;
  /** Target IDs of these shortcuts, whether or not the targets exist. */
  targets: Set<string>;
  /** Books that are reachable only through a shortcut. */
  byShortcutOnly: Set<string>;
}

/**
 * The content of the library, even while the root itself is trashed or inaccessible: as long as it is, nothing counts
 * as gone.
 */
export function libraryOf(drive: DriveModel, rootId: string): Library {
  const whole = walk(drive, rootId, true);
  const tree = walk(drive, rootId, false);
  const byShortcutOnly = new Set([...whole.books.keys()].filter((id) => !tree.books.has(id)));
  return { ...whole, byShortcutOnly };
}

/** Whether the root is accessible and not in the trash. */
export function isRootAvailable(drive: DriveModel, rootId: string): boolean {
  const root = drive.find(rootId);
  return root?.visible === true && !root.trashed;
}

function walk(drive: DriveModel, rootId: string, followShortcuts: boolean): Omit<Library, 'byShortcutOnly'> {
  const found = {
    books: new Map<string, Item>(),
    folders: new Set<string>([rootId]),
    shortcuts: new Set<string>(),
    targets: new Set<string>(),
  };
  const queue = [rootId];
  function visit(item: Item): void {
    if (!isPresent(item, rootId)) return;
    if (item.isFolder) {
      if (found.folders.has(item.id)) return;
      found.folders.add(item.id);
      queue.push(item.id);
    } else if (isBook(item)) found.books.set(item.id, item);
  }
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const item of drive.find(id)?.children ?? []) {
      if (item.mimeType !== shortcutMimeType) visit(item);
      else if (followShortcuts && isPresent(item, rootId)) {
        found.shortcuts.add(item.id);
        const targetId = item.extra?.target?.id;
        const target = targetId === undefined ? undefined : drive.find(targetId);
        if (targetId !== undefined) found.targets.add(targetId);
        if (target && target.mimeType !== shortcutMimeType) visit(target);
      }
    }
  }
  return found;
}

/**
 * Whether neither the item nor a folder above it is trashed, hidden, or deleted. The root and the folders above it are
 * not considered.
 */
function isPresent(item: Item, rootId: string): boolean {
  for (let at: Item | null = item; at !== null && at.id !== rootId; at = at.parent)
    if (at.explicitlyHidden || at.explicitlyTrashed || at.deleted) return false;
  return true;
}

function isBook(item: Item): boolean {
  return !item.isFolder && !item.isShortcut && expectedOf(item.name) !== undefined;
}
