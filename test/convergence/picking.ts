/** Which item the number of an operation means: whatever is there is taken modulo its count. */
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import type { Estate } from './estate.ts';
import type { What } from './operations.ts';

/** A folder to put something into: the root and its folders, and now and then a place outside. */
export function placeOf(estate: Estate, n: number): string {
  const outside = [estate.elsewhere, estate.elsewhere, estate.otherDrive];
  if (n % 5 === 4) return outside[Math.floor(n / 5) % outside.length] as string;
  return folderOf(estate, Math.floor(n / 5))?.id ?? estate.root;
}

/** The root, or a folder made in the history. */
export function folderOf(estate: Estate, n: number): Item | undefined {
  return n % 4 === 3 ? estate.drive.find(estate.root) : pick(estate, 'folder', Math.floor(n / 4));
}

export function pick(estate: Estate, what: What, n: number): Item | undefined {
  return pickOf(
    estate,
    estate.made[what].flatMap((id) => estate.drive.find(id) ?? []),
    n,
  );
}

/** With an odd number one of the four of them that were touched last, the latest first. */
export function pickOf({ recent }: Estate, items: Item[], n: number): Item | undefined {
  const fresh = recent.flatMap((id) => items.find((item) => item.id === id) ?? []).slice(0, 4);
  return choose(n % 2 === 1 && fresh.length > 0 ? fresh : items, Math.floor(n / 2));
}

export function existing({ drive, made }: Estate): Item[] {
  return [...made.folder, ...made.shortcut, ...made.file].flatMap((id) => drive.find(id) ?? []);
}

function choose<T>(list: readonly T[], n: number): T | undefined {
  return list.length === 0 ? undefined : list[n % list.length];
}
