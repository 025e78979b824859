/**
 * What is in the library, told from the state of Drive itself: the root's tree, and what shortcuts in it stand for.
 *
 * The rules are DESIGN.md's: trashed and invisible items are not there; a shortcut stands for its target, once; a
 * cycle ends; a shortcut to a shortcut, or to nothing, dangles. Written without a look at how the sync lists.
 */
import type { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { type Item, SHORTCUT } from '../../functions/drive-emulator/model/item.ts';
import { expectedOf } from './names.ts';

export interface Library {
  /** By file id; only books. */
  books: Map<string, Item>;
  /** Folders whose content is in the library, the root among them. */
  folders: Set<string>;
  /** Shortcuts that lie in those folders. */
  shortcuts: Set<string>;
  /** What these shortcuts name, be it there or not. */
  targets: Set<string>;
  /** Books that can be reached only by a shortcut. */
  byShortcutOnly: Set<string>;
}

/** The library as it is, whatever became of the root itself: while the root is away, nothing is known to be gone. */
export function libraryOf(drive: DriveModel, rootId: string): Library {
  const whole = walk(drive, rootId, true);
  const tree = walk(drive, rootId, false);
  const byShortcutOnly = new Set([...whole.books.keys()].filter((id) => !tree.books.has(id)));
  return { ...whole, byShortcutOnly };
}

/** True where the root can be seen and is not in the trash. */
export function isRootThere(drive: DriveModel, rootId: string): boolean {
  const root = drive.find(rootId);
  return root?.visible === true && !root.trashed;
}

function walk(drive: DriveModel, rootId: string, follow: boolean): Omit<Library, 'byShortcutOnly'> {
  const found = {
    books: new Map<string, Item>(),
    folders: new Set<string>([rootId]),
    shortcuts: new Set<string>(),
    targets: new Set<string>(),
  };
  const queue = [rootId];
  function meet(item: Item): void {
    if (!isThere(item, rootId)) return;
    if (item.isFolder) {
      if (found.folders.has(item.id)) return;
      found.folders.add(item.id);
      queue.push(item.id);
    } else if (isBook(item)) found.books.set(item.id, item);
  }
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const item of drive.find(id)?.children ?? []) {
      if (item.mimeType !== SHORTCUT) meet(item);
      else if (follow && isThere(item, rootId)) {
        found.shortcuts.add(item.id);
        const targetId = item.extra?.target?.id;
        const target = targetId === undefined ? undefined : drive.find(targetId);
        if (targetId !== undefined) found.targets.add(targetId);
        if (target && target.mimeType !== SHORTCUT) meet(target);
      }
    }
  }
  return found;
}

/** Neither it nor a folder above it is trashed, hidden or gone; the root and what is above the root do not count. */
function isThere(item: Item, rootId: string): boolean {
  for (let at: Item | null = item; at !== null && at.id !== rootId; at = at.parent)
    if (at.explicitlyHidden || at.explicitlyTrashed || at.deleted) return false;
  return true;
}

function isBook(item: Item): boolean {
  return !item.isFolder && !item.isShortcut && expectedOf(item.name) !== undefined;
}
