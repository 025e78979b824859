/**
 * Writes the function's bundle as a reproducible zip: the same content gives the same bytes on any machine, at any
 * time.
 *
 * The object in the bucket is named after the hash of the zip. Deploying unchanged sources therefore changes nothing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export interface Archive {
  /** The path of the zip file. */
  readonly path: string;
  /** The SHA-256 of its bytes. */
  readonly hash: string;
}

/**
 * Zips a folder.
 *
 * @param folder the folder to zip, including its subfolders
 * @param path where to write the zip
 */
export async function writeArchive(folder: string, path: string): Promise<Archive> {
  const bytes = await zip(folder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return { path, hash: createHash('sha256').update(bytes).digest('hex') };
}

async function zip(folder: string): Promise<Buffer> {
  const archive = new ZipFile();
  for (const name of listFiles(folder))
    archive.addBuffer(readFileSync(join(folder, name)), name.split(sep).join('/'), {
      // The earliest date a zip can hold, in local time: zip times have no time zone, and the field with one is
      // omitted.
      mtime: new Date(1980, 0, 1),
      forceDosTimestamp: true,
      mode: 0o100644,
      // Stored, not deflated: zlib's output for the same bytes differs between Node versions.
      compress: false,
    });
  archive.end();
  return buffer(archive.outputStream as unknown as AsyncIterable<Buffer>);
}

/** Lists every file below a folder, in an order that does not depend on the file system or the locale. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort((one, other) => (one < other ? -1 : 1));
}
