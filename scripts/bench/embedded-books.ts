/** Reads the books in a directory into memory. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isBook } from '../../functions/sync/metadata/is-book.ts';

export interface RealBook {
  name: string;
  content: Buffer;
}

/** @throws Error if the directory contains no books */
export async function readBooks(directory: string): Promise<RealBook[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && isBook({ name: entry.name, mimeType: '' }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (files.length === 0) throw new Error(`There are no books (.pdf, .epub) in ${directory}.`);
  return Promise.all(
    files.map(async ({ name, parentPath }) => ({
      name,
      content: await readFile(path.join(parentPath, name)),
    })),
  );
}
