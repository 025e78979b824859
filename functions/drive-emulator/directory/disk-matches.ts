/** Matches the entries of a directory with those of the previous refresh, so that files keep their ids. */
import type { DiskEntry } from './disk.ts';

/** An entry as it was last seen, and the id of its item in the model. */
export interface Known {
  readonly entry: DiskEntry;
  readonly id: string;
  /** When the last read of the content started, in milliseconds since 1970. Undefined for folders and links. */
  readonly readAtMs?: number | undefined;
}

/** The coarsest timestamp resolution of a file system in use, in milliseconds: FAT counts in steps of two seconds. */
const timestampResolutionMs = 2_000;

/**
 * Whether the content of a file must be read: the file is new, its size or a timestamp differs, or it was last read
 * so soon after a change that a later write may have the same timestamp. Git treats its index the same way ("racy
 * Git", Documentation/technical/racy-git.txt).
 */
export function mustRead(before: Known | undefined, now: DiskEntry): boolean {
  if (before === undefined || differs(before.entry, now) || before.entry.changedMs !== now.changedMs)
    return true;
  return before.readAtMs === undefined || before.readAtMs - now.changedMs < timestampResolutionMs;
}

function differs(before: DiskEntry, now: DiskEntry): boolean {
  return before.size !== now.size || before.modifiedMs !== now.modifiedMs;
}

/**
 * Finds the known entry for each entry, in this order: same path and inode; same inode at another path (a rename);
 * same path with another inode (editors save by replacing the file).
 */
export function matchEntries(known: Iterable<Known>, entries: readonly DiskEntry[]): Map<DiskEntry, Known> {
  const byPath = new Map<string, Known>();
  const byInode = new Map<string, Known>();
  for (const one of known) {
    byPath.set(one.entry.path, one);
    // Hard links share an inode: the first path represents it.
    if (one.entry.inode !== '' && !byInode.has(one.entry.inode)) byInode.set(one.entry.inode, one);
  }
  const matches = new Map<DiskEntry, Known>();
  const taken = new Set<Known>();
  const passes: ((entry: DiskEntry) => Known | undefined)[] = [
    (entry) => {
      const one = byPath.get(entry.path);
      return one?.entry.inode === entry.inode ? one : undefined;
    },
    (entry) => {
      const one = byInode.get(entry.inode);
      return one !== undefined && isSameFile(one.entry, entry) ? one : undefined;
    },
    (entry) => byPath.get(entry.path),
  ];
  for (const find of passes) {
    for (const entry of entries) {
      const one = matches.has(entry) ? undefined : find(entry);
      if (one === undefined || taken.has(one) || one.entry.kind !== entry.kind) continue;
      matches.set(entry, one);
      taken.add(one);
    }
  }
  return matches;
}

/** Inodes are reused soon after a file is deleted, but the new file has another creation time. */
function isSameFile(before: DiskEntry, now: DiskEntry): boolean {
  return before.createdMs === now.createdMs || !differs(before, now);
}
