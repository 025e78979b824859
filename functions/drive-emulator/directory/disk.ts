import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What lies at a path of the directory. */
export interface DiskEntry {
  readonly kind: 'folder' | 'file' | 'link';
  /** Relative to the directory, with `/`. */
  readonly path: string;
  /** Device and inode: what stays the same when a file is renamed. Empty for links. */
  readonly inode: string;
  readonly size: number;
  /** Whole milliseconds. */
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** When the content or the inode last changed, in milliseconds with fractions. Unlike `modifiedMs`, no program can set it. */
  readonly changedMs: number;
  /** Links only: the path, relative to the directory, that the link leads to. */
  readonly target?: string;
}

/** The directory cannot be used as a library. The message is a sentence that says what to do. */
export class DirectoryError extends Error {
  override name = 'DirectoryError';
}

/** Everything in a directory, parents before what is in them, and what had to be left out. */
export interface DiskListing {
  readonly entries: readonly DiskEntry[];
  readonly warnings: readonly string[];
}

/**
 * Lists a directory to its depths, in order of name. `.git` is left out. A symbolic link to something inside the
 * directory becomes a link entry, one to a file outside a file; any other is left out with a warning, and so is
 * what cannot be read.
 * @throws DirectoryError if the directory itself is missing, no directory, or unreadable.
 */
export async function listDisk(directory: string): Promise<DiskListing> {
  const root = await openDirectory(directory);
  const entries: DiskEntry[] = [];
  const warnings: string[] = [];

  async function visit(folder: string): Promise<void> {
    const names = await readdir(path.join(root, folder));
    for (const name of names.sort()) {
      if (name === '.git') continue;
      const relative = folder === '' ? name : `${folder}/${name}`;
      try {
        const entry = await look(root, relative);
        if (typeof entry === 'string') {
          warnings.push(`${relative}: left out, ${entry}.`);
          continue;
        }
        entries.push(entry);
        if (entry.kind === 'folder') await visit(relative);
      } catch (error) {
        warnings.push(`${relative}: left out, it cannot be read (${codeOf(error)}).`);
      }
    }
  }

  await visit('');
  return { entries, warnings };
}

/** The md5 checksum of a file, in hexadecimal, read in pieces. */
export async function md5OfFile(file: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The code of a system error, e.g. `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** What lies at a path, or the reason why it is left out. */
async function look(root: string, relative: string): Promise<DiskEntry | string> {
  const absolute = path.join(root, relative);
  const real = await realpath(absolute).catch(() => null);
  if (real === null) return 'it is a link that leads nowhere';
  const found = await stat(real);
  const isLink = real !== absolute;
  const inside = path.relative(root, real);
  if (isLink && inside !== '..' && !inside.startsWith(`..${path.sep}`)) {
    const target = inside.split(path.sep).join('/');
    return { kind: 'link', path: relative, inode: '', target, ...timesOf(found), size: 0 };
  }
  if (isLink && found.isDirectory()) return 'it is a link to a directory outside';
  if (!found.isDirectory() && !found.isFile()) return 'it is neither a file nor a directory';
  const kind = found.isDirectory() ? 'folder' : 'file';
  const inode = `${found.dev}:${found.ino}`;
  return { kind, path: relative, inode, size: kind === 'file' ? found.size : 0, ...timesOf(found) };
}

function timesOf(found: Stats): Pick<DiskEntry, 'createdMs' | 'modifiedMs' | 'changedMs'> {
  const modifiedMs = Math.round(found.mtimeMs);
  // Some file systems know no time of birth and say 1970.
  const createdMs = found.birthtimeMs > 0 ? Math.round(found.birthtimeMs) : modifiedMs;
  return { createdMs, modifiedMs, changedMs: found.ctimeMs };
}

async function openDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if (!(await stat(root)).isDirectory()) {
      throw new DirectoryError(`${directory} is not a directory. Give the directory that holds the books.`);
    }
    await readdir(root);
    return root;
  } catch (error) {
    if (error instanceof DirectoryError) throw error;
    if (codeOf(error) === 'ENOENT') {
      throw new DirectoryError(`The directory ${directory} does not exist. Check the path, or create it.`);
    }
    throw new DirectoryError(
      `The directory ${directory} cannot be read (${codeOf(error)}). Check its permissions with "ls -ld".`,
    );
  }
}
