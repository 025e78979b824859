import path from 'node:path';
import type { DriveModel } from '../model/drive.ts';
import { idFromText } from '../model/ids.ts';
import { codeOf, DirectoryError, type DiskEntry, listDisk, md5OfFile } from './disk.ts';
import { type Known, matchEntries, mustRead } from './disk-matches.ts';
import { mimeTypeOf } from './mime-types.ts';

/** What a refresh did to one path. */
export interface DirectoryChange {
  readonly what: 'added' | 'edited' | 'moved' | 'deleted';
  readonly path: string;
  readonly id: string;
}

/** A directory of real files as a folder of a `SandboxDrive`. */
export interface DirectoryLibrary {
  /** The folder that stands for the directory. */
  readonly rootId: string;
  /** What was left out, and why; of the last reading. */
  readonly warnings: readonly string[];
  /**
   * Reads the disk again and makes the model equal to it, so that the differences show in the changes feed. A
   * renamed or moved file keeps its id as long as this process runs; edited files too.
   * @throws DirectoryError if the directory is gone; the model then stays as it was.
   */
  refresh(): Promise<readonly DirectoryChange[]>;
}

/**
 * Fills a drive from a directory: folders, files with real sizes, checksums and times, and links inside the
 * directory as shortcuts. Ids depend on the directory's name and the relative path alone.
 * @throws DirectoryError if the directory is missing, no directory, unreadable or empty.
 */
export async function fillFromDirectory(
  drive: DriveModel,
  directory: string,
  options: { parent?: string } = {},
): Promise<DirectoryLibrary> {
  // An unset variable of a shell: the present directory would be taken for it.
  if (directory === '')
    throw new DirectoryError('The name of the directory is empty. Give a directory of books.');
  const library = new LibraryOnDisk(drive, path.resolve(directory), options.parent ?? 'root');
  await library.refresh();
  return library;
}

/** The checksum of a file, and when reading it began (see `Known`). */
interface ReadContent {
  md5: string;
  readAtMs: number;
}

class LibraryOnDisk implements DirectoryLibrary {
  readonly rootId: string;
  warnings: readonly string[] = [];
  readonly #drive: DriveModel;
  readonly #directory: string;
  readonly #parent: string;
  readonly #everUsed = new Set<string>();
  #known = new Map<string, Known>();

  constructor(drive: DriveModel, directory: string, parent: string) {
    this.#drive = drive;
    this.#directory = directory;
    this.#parent = parent;
    this.rootId = this.#freshId('');
  }

  async refresh(): Promise<readonly DirectoryChange[]> {
    const { entries, warnings } = await listDisk(this.#directory);
    const isFirst = this.#drive.find(this.rootId) === undefined;
    if (isFirst && entries.length === 0) {
      throw new DirectoryError(
        `The directory ${this.#directory} is empty. Put some books (PDF, EPUB) into it.`,
      );
    }
    const before = matchEntries(this.#known.values(), entries);
    const contents = new Map<DiskEntry, ReadContent>();
    const unread: string[] = [];
    for (const entry of entries) {
      if (entry.kind !== 'file' || !mustRead(before.get(entry), entry)) continue;
      try {
        const readAtMs = Date.now();
        contents.set(entry, { md5: await md5OfFile(this.#absolute(entry)), readAtMs });
      } catch (error) {
        unread.push(`${entry.path}: left out, it cannot be read (${codeOf(error)}).`);
      }
    }
    this.warnings = [...warnings, ...unread];
    // Nothing waits from here on, so that no client sees half of a refresh.
    if (isFirst) {
      const name = path.basename(this.#directory);
      this.#drive.addFolder({ name, parent: this.#parent, id: this.rootId });
    }
    return this.#apply(entries, before, contents);
  }

  #apply(
    entries: readonly DiskEntry[],
    before: ReadonlyMap<DiskEntry, Known>,
    contents: ReadonlyMap<DiskEntry, ReadContent>,
  ): DirectoryChange[] {
    const changes: DirectoryChange[] = [];
    const now = new Map<string, Known>();
    const settle = (
      entry: DiskEntry,
      id: string,
      what: DirectoryChange['what'] | null,
      readAtMs?: number,
    ): void => {
      now.set(entry.path, { entry, id, readAtMs });
      if (what !== null) changes.push({ what, path: entry.path, id });
    };
    // Parents come before what is in them, so each item moves into a folder that is already in its place.
    for (const entry of entries) {
      const known = before.get(entry);
      const content = contents.get(entry);
      const isUnread = entry.kind === 'file' && content === undefined && mustRead(known, entry);
      if (entry.kind === 'link' || (isUnread && known === undefined)) continue;
      const parent = this.#parentOf(entry, now);
      const readAtMs = content?.readAtMs ?? known?.readAtMs;
      if (known === undefined) settle(entry, this.#add(entry, parent, content?.md5 ?? ''), 'added', readAtMs);
      else {
        const what = this.#update(known, entry, parent, content?.md5);
        settle(isUnread ? known.entry : entry, known.id, what, readAtMs);
      }
    }
    // Links last: whatever they lead to is there by now.
    for (const entry of entries) {
      if (entry.kind !== 'link') continue;
      const target = entry.target === '' ? this.rootId : now.get(entry.target ?? '')?.id;
      if (target === undefined) continue;
      const known = before.get(entry);
      const isSame = known !== undefined && this.#drive.find(known.id)?.extra?.target?.id === target;
      if (isSame) settle(entry, known.id, this.#update(known, entry, this.#parentOf(entry, now), undefined));
      else settle(entry, this.#addLink(entry, this.#parentOf(entry, now), target), 'added');
    }
    const kept = new Set([...now.values()].map(({ id }) => id));
    for (const { entry, id } of this.#known.values()) {
      if (kept.has(id)) continue;
      // What was in a deleted folder went with it.
      if (this.#drive.find(id) !== undefined) this.#drive.delete(id);
      changes.push({ what: 'deleted', path: entry.path, id });
    }
    this.#known = now;
    return changes;
  }

  #add(entry: DiskEntry, parent: string, md5: string): string {
    const id = this.#freshId(entry.path);
    const common = {
      id,
      name: path.posix.basename(entry.path),
      parent,
      createdTime: entry.createdMs,
      modifiedTime: entry.modifiedMs,
    };
    if (entry.kind === 'folder') this.#drive.addFolder(common);
    else {
      const content = { path: this.#absolute(entry) };
      this.#drive.addFile({ ...common, mimeType: mimeTypeOf(entry.path), size: entry.size, md5, content });
    }
    return id;
  }

  #addLink(entry: DiskEntry, parent: string, target: string): string {
    const id = this.#freshId(entry.path);
    this.#drive.addShortcut({
      id,
      name: path.posix.basename(entry.path),
      parent,
      target,
      createdTime: entry.createdMs,
      modifiedTime: entry.modifiedMs,
    });
    return id;
  }

  /** Moves, renames and edits what was there before; null if nothing differs. */
  #update(
    known: Known,
    entry: DiskEntry,
    parent: string,
    md5: string | undefined,
  ): 'moved' | 'edited' | null {
    const item = this.#drive.find(known.id);
    if (item === undefined) return null;
    const name = path.posix.basename(entry.path);
    let what: 'moved' | 'edited' | null = null;
    if (item.parent?.id !== parent) {
      this.#drive.move(known.id, parent);
      what = 'moved';
    }
    if (item.name !== name) {
      this.#drive.rename(known.id, name);
      what = 'moved';
    }
    // The path changes without a move of its own when a folder above it does.
    if (entry.kind === 'file') item.extra = { ...item.extra, content: { path: this.#absolute(entry) } };
    if (md5 === undefined) return what;
    if (md5 === item.md5() && entry.modifiedMs === item.modifiedMs) return what;
    const content = { path: this.#absolute(entry) };
    this.#drive.edit(known.id, { md5, size: entry.size, modifiedTime: entry.modifiedMs, content });
    return 'edited';
  }

  #parentOf(entry: DiskEntry, now: ReadonlyMap<string, Known>): string {
    const folder = path.posix.dirname(entry.path);
    return folder === '.' ? this.rootId : (now.get(folder)?.id ?? this.rootId);
  }

  #absolute(entry: DiskEntry): string {
    return path.join(this.#directory, entry.path);
  }

  /** The id of a path; a path that is used again, by another file, gets another. */
  #freshId(relative: string): string {
    const text = `${path.basename(this.#directory)}/${relative}`;
    let id = idFromText(text);
    for (let n = 2; this.#everUsed.has(id); n++) id = idFromText(`${text}#${n}`);
    this.#everUsed.add(id);
    return id;
  }
}
