/**
 * Writes the sample library: `npx tsx functions/drive-emulator/sample/make-library.ts [DIRECTORY]` (default:
 * `library`). Every run writes the same bytes. The file names follow the conventions of a real library; the texts are
 * invented.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sampleEpubs, samplePdfs } from './books.ts';
import { writeEpub } from './epub.ts';
import { writePdf } from './pdf.ts';

const sentences = [
  'This is a sample file for tests; it is not the book that its name suggests.',
  'A small boat crossed the bay while the lamps of the harbour were being lit.',
  'Whoever counts the steps of the tower twice will find two different numbers.',
  'The gardener wrote down the weather every evening, and never looked it up again.',
  'On market days the baker put a chair outside for whoever wanted to wait.',
  'Nobody could say who had painted the door blue, but everyone had an opinion.',
  'The map showed a road where there was a lake, and a lake where there was a road.',
  'In the school library the clock was always seven minutes ahead of the lessons.',
  'A letter without a stamp arrived, and so did the answer to it, a day earlier.',
  'The train stopped at the small station only if somebody waved a green scarf.',
];

// A one-pixel image.
const coverPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const notes = `Notes for the librarian

This is a sample file for tests. It is no book and must not appear in the catalog.
`;

/** All files of the sample library: relative path and content. */
export async function sampleFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([
    ['cover.png', Buffer.from(coverPng, 'base64')],
    ['notes.txt', Buffer.from(notes)],
    // macOS leaves such files in folders that are uploaded whole: a header and an empty block.
    ['Fiction/.DS_Store', Buffer.concat([Buffer.from('\0\0\0\x01Bud1', 'latin1'), Buffer.alloc(248)])],
  ]);
  for (const { path: name, info, xmp } of samplePdfs) {
    files.set(name, writePdf({ lines: textOf(name, 46), info, xmp }));
  }
  for (const { path: name, shows: _shows, ...book } of sampleEpubs) {
    files.set(name, await writeEpub({ ...book, uuid: uuidOf(name), paragraphs: textOf(name, 16) }));
  }
  return files;
}

/** The text of a book: the notice, then sentences in an order derived from the file name, so that books differ. */
function textOf(name: string, count: number): string[] {
  const digest = createHash('sha512').update(name).digest();
  const lines = [sentences[0] as string];
  while (lines.length < count) {
    const pick = digest[lines.length % digest.length] ?? 0;
    lines.push(sentences[1 + (pick % (sentences.length - 1))] as string);
  }
  return lines;
}

/** A UUID in the format of version 4, derived only from the name. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function main(directory: string): Promise<void> {
  const files = await sampleFiles();
  let bytes = 0;
  for (const [name, content] of files) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    bytes += content.byteLength;
  }
  console.log(`${files.size} files, ${bytes} bytes, in ${directory}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv[2] ?? 'library');
