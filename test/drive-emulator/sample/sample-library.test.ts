import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fillFromDirectory } from '../../../functions/drive-emulator/directory/directory.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { SAMPLE_EPUBS, SAMPLE_PDFS } from '../../../functions/drive-emulator/sample/books.ts';
import { sampleFiles } from '../../../functions/drive-emulator/sample/make-library.ts';

const LIBRARY = path.join(import.meta.dirname, '../../../library');
const files = await sampleFiles();

test('the committed library is what the script makes, byte for byte, and small', () => {
  const onDisk = (readdirSync(LIBRARY, { recursive: true }) as string[]).filter((name) =>
    statSync(path.join(LIBRARY, name)).isFile(),
  );
  expect(onDisk.sort()).toEqual([...files.keys()].sort());
  let bytes = 0;
  for (const [name, content] of files) {
    expect(readFileSync(path.join(LIBRARY, name)).equals(content), name).toBe(true);
    bytes += content.byteLength;
  }
  expect(bytes).toBeLessThan(100_000);
});

test('the sandbox holds all of it', async () => {
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, LIBRARY);
  expect(library.warnings).toEqual([]);
  expect([...drive.items()].filter((item) => !item.isFolder)).toHaveLength(files.size);
});

test.each(SAMPLE_PDFS.map((book) => [book.path]))('%s: every offset of a PDF leads to its object', (name) => {
  const text = Buffer.from(files.get(name) as Uint8Array).toString('latin1');
  const xref = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  expect(text.slice(xref, xref + 5)).toBe('xref\n');
  const offsets = [...text.slice(xref).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
  expect(offsets.length).toBeGreaterThan(5);
  offsets.forEach((offset, index) => {
    expect(text.slice(offset).startsWith(`${index + 1} 0 obj\n`)).toBe(true);
  });
  for (const match of text.matchAll(/\/Length (\d+) >>\nstream\n/g)) {
    const end = (match.index ?? 0) + match[0].length + Number(match[1]);
    expect(text.slice(end, end + 10)).toBe('\nendstream');
  }
  expect(text).toContain('This is a sample file for tests');
});

test.each(SAMPLE_EPUBS.map((book) => [book.path]))('%s: an EPUB starts with its type, stored', (name) => {
  const bytes = Buffer.from(files.get(name) as Uint8Array);
  expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
  // No compression, and no extra field between the name and the type.
  expect([bytes.readUInt16LE(8), bytes.readUInt16LE(28)]).toEqual([0, 0]);
  expect(bytes.toString('latin1', 30, 58)).toBe('mimetypeapplication/epub+zip');
  expect(bytes.toString('utf8')).toContain('This is a sample file for tests');
});
