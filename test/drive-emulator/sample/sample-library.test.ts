import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fillFromDirectory } from '../../../functions/drive-emulator/directory/directory.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { sampleEpubs, samplePdfs } from '../../../functions/drive-emulator/sample/books.ts';
import { sampleFiles } from '../../../functions/drive-emulator/sample/make-library.ts';

const libraryDirectory = path.join(import.meta.dirname, '../../../library');
const files = await sampleFiles();

test('the committed library is small and equals the output of the script byte for byte', () => {
  const onDisk = (readdirSync(libraryDirectory, { recursive: true }) as string[]).filter((name) =>
    statSync(path.join(libraryDirectory, name)).isFile(),
  );
  expect(onDisk.sort()).toEqual([...files.keys()].sort());
  let bytes = 0;
  for (const [name, content] of files) {
    expect(readFileSync(path.join(libraryDirectory, name)).equals(content), name).toBe(true);
    bytes += content.byteLength;
  }
  expect(bytes).toBeLessThan(100_000);
});

test('the Drive emulator loads every file of the library', async () => {
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, libraryDirectory);
  expect(library.warnings).toEqual([]);
  expect([...drive.items()].filter((item) => !item.isFolder)).toHaveLength(files.size);
});

test.each(samplePdfs.map((book) => [book.path]))(
  '%s: every offset in the PDF points to its object',
  (name) => {
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
  },
);

test.each(sampleEpubs.map((book) => [book.path]))(
  '%s: the EPUB starts with an uncompressed mimetype file',
  (name) => {
    const bytes = Buffer.from(files.get(name) as Uint8Array);
    expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
    // No compression, and no extra field between the file name and its content.
    expect([bytes.readUInt16LE(8), bytes.readUInt16LE(28)]).toEqual([0, 0]);
    expect(bytes.toString('latin1', 30, 58)).toBe('mimetypeapplication/epub+zip');
    expect(bytes.toString('utf8')).toContain('This is a sample file for tests');
  },
);
