/** `npm run preview`: what the catalog would hold for these files, before anything is deployed. */
import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { buildReader } from '../../bundle.ts';
import type { Description, EmbeddedFields, EmbeddedMode, Origins } from '../../sync/core/book.ts';
import { formatOf } from '../../sync/metadata/embedded/embedded.ts';
import { merge } from '../../sync/metadata/embedded/merge.ts';
import { openReader, type Reader } from '../../sync/metadata/embedded/reader.ts';
import { describeFile } from '../../sync/metadata/file-name/describe-file.ts';
import { isBook } from '../../sync/metadata/is-book.ts';
import { CommandError } from '../shared/command-error.ts';
import { cell } from '../shared/show.ts';
import { createTable } from '../shared/table.ts';

export interface PreviewOptions {
  /** A directory of books, one book, a file with one name a line, or `-` for names from standard input. */
  source: string;
  json: boolean;
  embedded: EmbeddedMode;
}

/** One file as the catalog would show it. */
interface Preview extends Description {
  filename: string;
  rule: string;
  confidence: 'sure' | 'unsure';
  origin: Origins;
  /** Why the content could not be read. */
  problem?: string;
}

/** A name, and where the file of it lies if there is one. */
interface Named {
  name: string;
  file?: string;
}

/**
 * Prints the files of the source as the catalog would show them: a table, or one JSON object a line.
 *
 * @throws CommandError where there is nothing to show
 */
export async function preview({ source, json, embedded }: PreviewOptions): Promise<void> {
  const files = await findFiles(source);
  if (embedded !== 'off' && !files.some(({ file }) => file))
    throw new CommandError('--embedded needs a directory: a list of names has no content to read.');
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
        ? `There is no ${source}. Give a directory of books, a file with one name a line, or - for standard input.`
        : `${source} cannot be read: ${error.message}`,
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
  if (books.length === 0) throw new CommandError(`There are no books (.pdf, .epub) in ${source}.`);
  return books;
}

/** One name a line, as it stands there: a name may begin or end in blanks, but is not blank. */
function namesIn(list: string, where: string): Named[] {
  if (list.includes('\0'))
    throw new CommandError(`${where} is no list of names: it is not text. Books are .pdf and .epub.`);
  const names = list.split(/\r?\n/u).filter((line) => line.trim() !== '');
  if (names.length === 0) throw new CommandError(`There are no names in ${where}: it wants one a line.`);
  return names.map((name) => ({ name }));
}

async function describeAll(files: Named[], mode: EmbeddedMode): Promise<Preview[]> {
  if (mode === 'off') return files.map(({ name }) => previewOf(name, [], mode));
  const directory = await mkdtemp(path.join(tmpdir(), 'preview-'));
  const reader = openReader(await buildReader(directory));
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
    await rm(directory, { recursive: true, force: true });
  }
}

function previewOf(name: string, said: readonly EmbeddedFields[], mode: EmbeddedMode): Preview {
  const { rule, confidence, problem: _, ...given } = describeFile(name);
  const { description, origin } = merge({ fileName: name, description: given, rule, confidence }, said, mode);
  return { filename: name, ...description, rule, confidence, origin };
}

/** The same limits as in the function hold here, so that what is seen is what will be. */
async function readContent(
  reader: Reader,
  name: string,
  file: string,
): Promise<{ said: EmbeddedFields[]; problem?: string }> {
  const format = formatOf({ name, mimeType: '' });
  if (!format) return { said: [] };
  const handle = await open(file).catch((error: Error) => error);
  if (handle instanceof Error) return { said: [], problem: `it cannot be opened: ${handle.message}` };
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
    // The disk's fault: one bad file is no reason to show nothing of the others.
    return { said: [], problem: `it cannot be read: ${error instanceof Error ? error.message : error}` };
  } finally {
    await handle.close();
  }
}

function formatPreviews(previews: Preview[]): string {
  const table = createTable(['File', 'Title', 'Author', 'Year', 'From'].map((head) => ({ head })));
  for (const { filename, title, author, year, rule, confidence, origin, problem } of previews) {
    const from = [
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
      cell(from.join('; '), 50),
    ]);
  }
  const unsure = previews.filter(({ confidence }) => confidence === 'unsure').length;
  const books = `${previews.length} ${previews.length === 1 ? 'book' : 'books'}`;
  return `${table.toString()}\n${books}, ${unsure === 0 ? 'no' : unsure} unsure ${unsure === 1 ? 'name' : 'names'}`;
}
