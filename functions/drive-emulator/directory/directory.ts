/** Loads a directory of real files into a Drive model and keeps the model up to date. */
import path from 'node:path';
import type { DriveModel } from '../model/drive.ts';
import { idFromText } from '../model/ids.ts';
import { codeOf, DirectoryError, type DiskEntry, listDisk, md5OfFile } from './disk.ts';
import { type Known, matchEntries, mustRead } from './disk-matches.ts';
import { mimeTypeOf } from './mime-types.ts';

/** What a refresh changed at one path. */
export interface DirectoryChange {
  readonly what: 'added' | 'edited' | 'moved' | 'deleted';
  readonly path: string;
  readonly id: string;
}

/** A folder of a `DriveModel` that represents a directory of real files. */
export interface DirectoryLibrary {
  /** The id of the folder that represents the directory. */
  readonly rootId: string;
  /** What the last refresh skipped, and why. */
  readonly warnings: readonly string[];
  /**
   * Reads the directory again and updates the model, which records the differences in the changes feed. A file that
   * was renamed, moved or edited keeps its id as long as this process runs.
   * @throws DirectoryError if the directory no longer exists; the model then stays unchanged
   */
  refresh(): Promise<readonly DirectoryChange[]>;
}

/**
 * Fills a Drive model from a directory: folders, files with real sizes, checksums and times, and symbolic links
 * within the directory as shortcuts. Ids are derived only from the directory's name and the relative path.
 * @throws DirectoryError if the directory does not exist, is not a directory, is unreadable or is empty
 */
export async function fillFromDirectory(
  drive: DriveModel,
  directory: string,
  options: { parent?: string } = {},
): Promise<DirectoryLibrary> {
  // Happens with an unset shell variable. path.resolve would turn it into the current directory.
  if (directory === '')
    throw new DirectoryError('The directory name is empty. Pass the path of a directory of books.');
  const library = new LibraryOnDisk(drive, path.resolve(directory), options.parent ?? 'root');
  await library.refresh();
  return library;
}

/** The checksum of a file and when reading it started (see `Known`). */
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
        `The directory ${this.#directory} is empty. Put some books (PDF or EPUB) into it.`,
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
        unread.push(`Skipped ${entry.path}: cannot be read (${codeOf(error)}).`);
      }
    }
    this.warnings = [...warnings, ...unread];
    // From here on nothing is awaited, so that no client sees a partial refresh.
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
    // Parents come before their contents, so each item moves into a folder that is already in place.
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
    // Links come last: their targets exist by now.
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
      // The contents of a deleted folder are already deleted with it.
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

  /** Moves, renames or edits a known item. Returns null if nothing changed. */
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
    // The path also changes when a folder above the file moves.
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

  /** A new id for a path. A path that is reused by another file gets another id. */
  #freshId(relative: string): string {
    const text = `${path.basename(this.#directory)}/${relative}`;
    let id = idFromText(text);
    for (let n = 2; this.#everUsed.has(id); n++) id = idFromText(`${text}#${n}`);
    this.#everUsed.add(id);
    return id;
  }
}
