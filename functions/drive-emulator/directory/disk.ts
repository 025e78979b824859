/** Lists a directory of books on disk. */
import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A folder, file or symbolic link in the directory. */
export interface DiskEntry {
  readonly kind: 'folder' | 'file' | 'link';
  /** Relative to the directory, with `/` as separator. */
  readonly path: string;
  /** Device and inode, which stay the same when a file is renamed. Empty for links. */
  readonly inode: string;
  readonly size: number;
  /** Whole milliseconds. */
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** When content or inode last changed, in fractional milliseconds. Unlike `modifiedMs`, programs cannot set it. */
  readonly changedMs: number;
  /** For links only: the path of the target, relative to the directory. */
  readonly target?: string;
}

/** The directory cannot be used as a library. The message says what to do. */
export class DirectoryError extends Error {
  override name = 'DirectoryError';
}

/** The entries of a directory, parents before their contents, and warnings about what was skipped. */
export interface DiskListing {
  readonly entries: readonly DiskEntry[];
  readonly warnings: readonly string[];
}

/**
 * Lists a directory recursively, sorted by name, without `.git`. A symbolic link to something inside the directory
 * becomes a link entry; a symbolic link to a file outside becomes a file. Other links and unreadable entries are
 * skipped with a warning.
 * @throws DirectoryError if the directory does not exist, is not a directory or is unreadable
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
          warnings.push(`Skipped ${relative}: ${entry}.`);
          continue;
        }
        entries.push(entry);
        if (entry.kind === 'folder') await visit(relative);
      } catch (error) {
        warnings.push(`Skipped ${relative}: cannot be read (${codeOf(error)}).`);
      }
    }
  }

  await visit('');
  return { entries, warnings };
}

/** The MD5 checksum of a file, in hexadecimal. Streams the file. */
export async function md5OfFile(file: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The code of a system error, such as `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The entry at a path, or the reason why it is skipped. */
async function look(root: string, relative: string): Promise<DiskEntry | string> {
  const absolute = path.join(root, relative);
  const real = await realpath(absolute).catch(() => null);
  if (real === null) return 'broken symbolic link';
  const found = await stat(real);
  const isLink = real !== absolute;
  const inside = path.relative(root, real);
  if (isLink && inside !== '..' && !inside.startsWith(`..${path.sep}`)) {
    const target = inside.split(path.sep).join('/');
    return { kind: 'link', path: relative, inode: '', target, ...timesOf(found), size: 0 };
  }
  if (isLink && found.isDirectory()) return 'symbolic link to a directory outside the library';
  if (!found.isDirectory() && !found.isFile()) return 'neither a file nor a directory';
  const kind = found.isDirectory() ? 'folder' : 'file';
  const inode = `${found.dev}:${found.ino}`;
  return { kind, path: relative, inode, size: kind === 'file' ? found.size : 0, ...timesOf(found) };
}

function timesOf(found: Stats): Pick<DiskEntry, 'createdMs' | 'modifiedMs' | 'changedMs'> {
  const modifiedMs = Math.round(found.mtimeMs);
  // File systems that do not store a creation time report 1970.
  const createdMs = found.birthtimeMs > 0 ? Math.round(found.birthtimeMs) : modifiedMs;
  return { createdMs, modifiedMs, changedMs: found.ctimeMs };
}

async function openDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if (!(await stat(root)).isDirectory()) {
      throw new DirectoryError(
        `${directory} is not a directory. Specify the directory that contains the books.`,
      );
    }
    await readdir(root);
    return root;
  } catch (error) {
    if (error instanceof DirectoryError) throw error;
    if (codeOf(error) === 'ENOENT') {
      throw new DirectoryError(
        `The directory ${directory} does not exist. Check the path or create the directory.`,
      );
    }
    throw new DirectoryError(
      `The directory ${directory} cannot be read (${codeOf(error)}). Check its permissions with "ls -ld".`,
    );
  }
}
