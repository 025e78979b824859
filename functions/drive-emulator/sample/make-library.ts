/**
 * Makes the sample library: `npx tsx functions/drive-emulator/sample/make-library.ts [DIRECTORY]`, default `library`. Running it
 * again gives the same bytes. The names follow the conventions of a real library; the texts are made up.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SAMPLE_EPUBS, SAMPLE_PDFS } from './books.ts';
import { writeEpub } from './epub.ts';
import { writePdf } from './pdf.ts';

const SENTENCES = [
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

// A one-pixel image: enough for a viewer.
const COVER_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const NOTES = `Notes for the librarian

This is a sample file for tests. It is no book and must not appear in the catalog.
`;

/** Every file of the sample library: relative path and content. */
export async function sampleFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([
    ['cover.png', Buffer.from(COVER_PNG, 'base64')],
    ['notes.txt', Buffer.from(NOTES)],
    // As macOS leaves it in folders that are uploaded whole: a header and an empty block.
    ['Fiction/.DS_Store', Buffer.concat([Buffer.from('\0\0\0\x01Bud1', 'latin1'), Buffer.alloc(248)])],
  ]);
  for (const { path: name, info, xmp } of SAMPLE_PDFS) {
    files.set(name, writePdf({ lines: textOf(name, 46), info, xmp }));
  }
  for (const { path: name, shows: _shows, ...book } of SAMPLE_EPUBS) {
    files.set(name, await writeEpub({ ...book, uuid: uuidOf(name), paragraphs: textOf(name, 16) }));
  }
  return files;
}

/** Sentences, the notice first, then in an order of the book's own, so that no two books are alike. */
function textOf(name: string, count: number): string[] {
  const digest = createHash('sha512').update(name).digest();
  const lines = [SENTENCES[0] as string];
  while (lines.length < count) {
    const pick = digest[lines.length % digest.length] ?? 0;
    lines.push(SENTENCES[1 + (pick % (SENTENCES.length - 1))] as string);
  }
  return lines;
}

/** A UUID (version 4 in form) that depends on the name alone. */
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
