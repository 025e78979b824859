/** Selects the item that the number in an operation stands for: one of the existing items, modulo their count. */
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import type { ItemKind } from './operations.ts';
import type { Workspace } from './workspace.ts';

/** Selects a destination: usually the root or a folder in it, sometimes a place outside the library. */
export function placeOf(workspace: Workspace, n: number): string {
  const places = [workspace.outside, workspace.outside, workspace.otherDrive];
  if (n % 5 === 4) return places[Math.floor(n / 5) % places.length] as string;
  return folderOf(workspace, Math.floor(n / 5))?.id ?? workspace.root;
}

/** Selects the root or a folder that the history created. */
export function folderOf(workspace: Workspace, n: number): Item | undefined {
  return n % 4 === 3 ? workspace.drive.find(workspace.root) : pick(workspace, 'folder', Math.floor(n / 4));
}

export function pick(workspace: Workspace, what: ItemKind, n: number): Item | undefined {
  return pickOf(
    workspace,
    workspace.created[what].flatMap((id) => workspace.drive.find(id) ?? []),
    n,
  );
}

/**
 * Selects one of the items. An odd number selects among the four of them that changed most recently, newest first.
 */
export function pickOf({ recent }: Workspace, items: Item[], n: number): Item | undefined {
  const latest = recent.flatMap((id) => items.find((item) => item.id === id) ?? []).slice(0, 4);
  return choose(n % 2 === 1 && latest.length > 0 ? latest : items, Math.floor(n / 2));
}

export function existingItems({ drive, created }: Workspace): Item[] {
  return [...created.folder, ...created.shortcut, ...created.file].flatMap((id) => drive.find(id) ?? []);
}

function choose<T>(list: readonly T[], n: number): T | undefined {
  return list.length === 0 ? undefined : list[n % list.length];
}
