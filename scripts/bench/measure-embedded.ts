/** `npm run measure:embedded -- DIR`: measures the cost of reading real books and writes it to docs/embedded.md. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { limits } from '../../functions/sync/metadata/embedded/embedded.ts';
import { openReader } from '../../functions/sync/metadata/embedded/reader.ts';
import { hostileFiles, hostileRow, readBytes } from '../../test/sync/metadata/embedded/hostile-files.ts';
import { booksTable, measureBooks } from './embedded.ts';
import { readBooks } from './embedded-books.ts';
import { measureMemory, memoryTable } from './embedded-memory.ts';
import { buildPrograms } from './programs.ts';
import { replaceBetween } from './report.ts';

const page = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs/embedded.md');

const program = new Command()
  .name('npm run measure:embedded --')
  .description(
    'Measures the cost of reading the metadata inside books, and the outcome of reading hostile files.',
  )
  .argument('[directory]', 'a directory of real books; without it, only the hostile files are read')
  .option(
    '--memory <books>',
    'import a library of this many books, made by repeating the real ones, and measure the memory',
    number,
  )
  .option('--no-write', 'do not update docs/embedded.md');

await main(program.parse().args[0], program.opts());

async function main(
  directory: string | undefined,
  { memory, write }: { memory?: number; write: boolean },
): Promise<void> {
  const books = directory === undefined ? [] : await readBooks(directory);
  const programs = await buildPrograms();
  const readerFile = path.join(path.dirname(programs.ours), 'embedded.mjs');
  const tables = new Map<string, string>();
  try {
    tables.set('hostile', await hostileTable(readerFile));
    if (books.length > 0) {
      const costs = await measureBooks(books, readerFile);
      tables.set('books', booksTable(costs));
      for (const { name, requests, bytes } of costs)
        if (requests > limits.requests || bytes > limits.bytes)
          throw new Error(`${name} exceeds the limit: ${requests} requests, ${bytes} bytes`);
    }
    if (memory !== undefined && books.length > 0)
      tables.set('memory', memoryTable(await measureMemory(books, memory, programs)));
  } finally {
    await programs.remove();
  }
  for (const table of tables.values()) console.log(`${table}\n`);
  if (!write) return;
  let text = await readFile(page, 'utf8');
  for (const [name, table] of tables) text = replaceBetween(text, name, table);
  await writeFile(page, text);
}

async function hostileTable(readerFile: string): Promise<string> {
  const reader = openReader(readerFile);
  const rows: string[] = [];
  try {
    for (const file of hostileFiles)
      rows.push(hostileRow(file, await readBytes(reader, file.format, await file.make(), file.size)));
  } finally {
    await reader.close();
  }
  return ['| File | Read as | Outcome | Requests | Bytes |', '| --- | --- | --- | --: | --: |', ...rows].join(
    '\n',
  );
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Use a whole number of at least 1.');
  return value;
}
