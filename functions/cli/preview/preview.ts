/** `npm run preview`: shows what the catalog would contain for these files, before anything is deployed. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import type { Description, EmbeddedFields, EmbeddedMode, Origins } from '../../sync/core/book.ts';
import { formatOf } from '../../sync/metadata/embedded/embedded.ts';
import { merge } from '../../sync/metadata/embedded/merge.ts';
import { openReader, type Reader } from '../../sync/metadata/embedded/reader.ts';
import { describeFile } from '../../sync/metadata/file-name/describe-file.ts';
import { isBook } from '../../sync/metadata/is-book.ts';
import { openReaderFile } from '../local-runtime/reader-file.ts';
import { CommandError } from '../shared/command-error.ts';
import { cell, count, createTable } from '../shared/show.ts';

export interface PreviewOptions {
  /** A directory of books, a single book, a file with one name per line, or `-` for names from standard input. */
  source: string;
  json: boolean;
  embedded: EmbeddedMode;
}

/** One file as it would be in the catalog. */
interface Preview extends Description {
  filename: string;
  rule: string;
  confidence: 'sure' | 'unsure';
  origin: Origins;
  /** Why the content could not be read. */
  problem?: string;
}

/** A file name, and the path of the file if there is one. */
interface Named {
  name: string;
  file?: string;
}

/**
 * Prints the files of the source as they would be in the catalog: as a table, or as one JSON object per line.
 *
 * @throws CommandError if there is nothing to show
 */
export async function preview({ source, json, embedded }: PreviewOptions): Promise<void> {
  const files = await findFiles(source);
  if (embedded !== 'off' && !files.some(({ file }) => file))
    throw new CommandError('--embedded needs a directory or a book: a list of names has no content to read.');
  const previews = await describeAll(files, embedded);
  if (json) for (const book of previews) console.log(JSON.stringify(book));
  else console.log(formatPreviews(previews));
}

async function findFiles(source: string): Promise<Named[]> {
  if (source === '-') return namesIn(await text(process.stdin), 'standard input');
  try {
    return await findOnDisk(source);
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof Error)) throw error;
    throw new CommandError(
      'code' in error && error.code === 'ENOENT'
        ? `${source} does not exist. Specify a directory of books, a file with one name per line, or - for standard input.`
        : `Cannot read ${source}: ${error.message}`,
    );
  }
}

async function findOnDisk(source: string): Promise<Named[]> {
  const found = await stat(source);
  const name = path.basename(source);
  if (found.isFile() && isBook({ name, mimeType: '' })) return [{ name, file: source }];
  if (!found.isDirectory()) return namesIn(await readFile(source, 'utf8'), source);
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const books = entries
    .filter((entry) => entry.isFile() && isBook({ name: entry.name, mimeType: '' }))
    .map(({ name, parentPath }) => ({ name, file: path.join(parentPath, name) }))
    .sort((one, other) => (one.file < other.file ? -1 : 1));
  if (books.length === 0) throw new CommandError(`No books (.pdf, .epub) found in ${source}.`);
  return books;
}

/** Reads one name per line, unchanged. A name may begin or end with blanks. Blank lines are skipped. */
function namesIn(list: string, where: string): Named[] {
  if (list.includes('\0'))
    throw new CommandError(
      `${where} is neither a book (.pdf, .epub) nor a text file with one name per line.`,
    );
  const names = list.split(/\r?\n/u).filter((line) => line.trim() !== '');
  if (names.length === 0) throw new CommandError(`No names found in ${where}. Put one name on each line.`);
  return names.map((name) => ({ name }));
}

async function describeAll(files: Named[], mode: EmbeddedMode): Promise<Preview[]> {
  if (mode === 'off') return files.map(({ name }) => previewOf(name, [], mode));
  const built = await openReaderFile();
  const reader = openReader(built.file);
  const limit = pLimit(4);
  try {
    return await Promise.all(
      files.map(({ name, file }) =>
        limit(async () => {
          const { said, problem } = file ? await readContent(reader, name, file) : { said: [] };
          return { ...previewOf(name, said, mode), ...(problem ? { problem } : {}) };
        }),
      ),
    );
  } finally {
    await reader.close();
    built.remove();
  }
}

function previewOf(name: string, said: readonly EmbeddedFields[], mode: EmbeddedMode): Preview {
  const { rule, confidence, problem: _, ...given } = describeFile(name);
  const { description, origin } = merge({ fileName: name, description: given, rule, confidence }, said, mode);
  return { filename: name, ...description, rule, confidence, origin };
}

/** Reads a book's content with the limits of the function, so that the preview matches the catalog. */
async function readContent(
  reader: Reader,
  name: string,
  file: string,
): Promise<{ said: EmbeddedFields[]; problem?: string }> {
  const format = formatOf({ name, mimeType: '' });
  if (!format) return { said: [] };
  const handle = await open(file).catch((error: Error) => error);
  if (handle instanceof Error) return { said: [], problem: `cannot open the file: ${handle.message}` };
  try {
    const { size } = await handle.stat();
    const reading = await reader.read({
      format,
      size,
      async readRange(start, end) {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await handle.read(buffer, 0, end - start, start);
        return new Uint8Array(buffer.subarray(0, bytesRead));
      },
    });
    return reading.kind === 'read' ? { said: reading.said } : { said: [], problem: reading.problem };
  } catch (error) {
    // A disk error. One bad file must not hide the others.
    return { said: [], problem: `cannot read the file: ${error instanceof Error ? error.message : error}` };
  } finally {
    await handle.close();
  }
}

function formatPreviews(previews: Preview[]): string {
  const table = createTable(['File', 'Title', 'Author', 'Year', 'Source'].map((head) => ({ head })));
  for (const { filename, title, author, year, rule, confidence, origin, problem } of previews) {
    const source = [
      `${rule}, ${confidence}`,
      ...(Object.values(origin).includes('embedded')
        ? [
            `content: ${Object.entries(origin)
              .filter(([, where]) => where === 'embedded')
              .map(([field]) => field)
              .join(', ')}`,
          ]
        : []),
      ...(problem ? [problem] : []),
    ];
    table.push([
      cell(filename, 56),
      cell(title, 44),
      cell(author ?? '-', 28),
      year ?? '-',
      cell(source.join('; '), 50),
    ]);
  }
  const unsure = previews.filter(({ confidence }) => confidence === 'unsure').length;
  return `${table.toString()}\n${count(previews.length, 'book')}, ${unsure === 0 ? 'none' : unsure} unsure`;
}
