import type { DiskEntry } from './disk.ts';

/** A path as it was last seen, and the id of what stands for it in the drive. */
export interface Known {
  readonly entry: DiskEntry;
  readonly id: string;
  /** When the last reading of the file's content began, in milliseconds since 1970; undefined for folders and links. */
  readonly readAtMs?: number | undefined;
}

/** The coarsest time stamps of a file system in use, in milliseconds: FAT counts in steps of two seconds. */
const coarsestTickMs = 2_000;

/**
 * Whether the content of a file must be read: the file is new, its size or a time differs, or it was last read so soon
 * after it changed that a later write may have left the same time stamp. Git treats its index in the same way ("racy
 * Git", Documentation/technical/racy-git.txt).
 */
export function mustRead(before: Known | undefined, now: DiskEntry): boolean {
  if (before === undefined || differs(before.entry, now) || before.entry.changedMs !== now.changedMs)
    return true;
  return before.readAtMs === undefined || before.readAtMs - now.changedMs < coarsestTickMs;
}

function differs(before: DiskEntry, now: DiskEntry): boolean {
  return before.size !== now.size || before.modifiedMs !== now.modifiedMs;
}

/**
 * Which known file each entry is: the same path and inode; else the same inode elsewhere (a rename); else the
 * same path with another inode (editors save by replacing the file).
 */
export function matchEntries(known: Iterable<Known>, entries: readonly DiskEntry[]): Map<DiskEntry, Known> {
  const byPath = new Map<string, Known>();
  const byInode = new Map<string, Known>();
  for (const one of known) {
    byPath.set(one.entry.path, one);
    // Hard links share an inode: the first path stands for it.
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

/** Inodes are used again soon after a file is deleted; the new file has another time of birth, though. */
function isSameFile(before: DiskEntry, now: DiskEntry): boolean {
  return before.createdMs === now.createdMs || !differs(before, now);
}
