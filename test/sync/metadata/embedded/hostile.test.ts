/** Hostile files stay within the limits of a book and cause a short warning. docs/embedded.md has the outcomes. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { type Format, limits } from '../../../../functions/sync/metadata/embedded/embedded.ts';
import { openReader } from '../../../../functions/sync/metadata/embedded/reader.ts';
import { good, goodEpub, hostileFiles, hostileRow, readBytes } from './hostile-files.ts';

const reader = openReader(process.env.TEST_READER_FILE ?? '', { ...limits, timeMs: 4_000 });
afterAll(() => reader.close());

const page = readFileSync(new URL('../../../../docs/embedded.md', import.meta.url), 'utf8');

async function read(format: Format, bytes: Uint8Array, size = bytes.length) {
  const told = await readBytes(reader, format, bytes, size);
  expect(told.requests).toBeLessThanOrEqual(limits.requests);
  expect(told.bytes).toBeLessThanOrEqual(limits.bytes);
  // The log reports the real cost.
  expect(told.reading).toMatchObject({ requests: told.requests, bytes: told.bytes });
  return told;
}

test('reads a valid PDF in one request, and a valid EPUB', async () => {
  expect((await read('pdf', good)).reading).toMatchObject({
    said: [{ place: 'info', title: 'Emma', authors: ['Jane Austen'] }],
    requests: 1,
  });
  expect((await read('epub', await goodEpub())).reading).toMatchObject({
    said: [{ place: 'opf', title: 'Emma', authors: ['Jane Austen'], date: '1815' }],
  });
});

test.each(hostileFiles)(
  'handles $what ($format) as docs/embedded.md says, and reads the next book',
  async (file) => {
    const told = await read(file.format, await file.make(), file.size);
    const { reading } = told;
    const outcome = reading.kind === 'unreadable' ? reading.problem : JSON.stringify(reading.said);
    if (file.warning) expect(outcome).toMatch(file.warning);
    expect(outcome.length).toBeLessThan(400);
    const row = hostileRow(file, told);
    // On a busy machine the time limit may stop a file that usually ends another way. Then the table does not apply.
    if (!row.includes('it takes too long to read')) expect(anyLimit(page)).toContain(anyLimit(row));
    // The next book is not affected.
    expect((await read('pdf', good)).reading).toMatchObject({ said: [{ title: 'Emma' }] });
  },
);

/** Replaces the limit that stopped a bomb, which depends on the machine. Everything else must match the page. */
function anyLimit(text: string): string {
  return text.replace(
    /it (?:takes too (?:long|much memory) to read|crashes the thread that reads it)/gu,
    'LIMIT',
  );
}

test.each([
  { ...limits, requests: 3 },
  { ...limits, requests: 50, bytes: 100_000 },
])('limits a book to $requests requests and $bytes bytes', async (given) => {
  const strict = openReader(process.env.TEST_READER_FILE ?? '', given);
  const told = await readBytes(strict, 'pdf', Buffer.alloc(2_000_000));
  await strict.close();
  expect(told.reading).toMatchObject({ problem: expect.stringMatching(/more bytes or requests/) });
  expect(told.requests).toBeLessThanOrEqual(given.requests);
  expect(told.bytes).toBeLessThanOrEqual(given.bytes);
});

test('does not blame the file for bytes that do not arrive', async () => {
  const impatient = openReader(process.env.TEST_READER_FILE ?? '', { ...limits, timeMs: 2_000 });
  const reading = await impatient.read({ format: 'pdf', size: 1e6, readRange: () => new Promise(() => {}) });
  expect(reading).toMatchObject({ problem: expect.stringMatching(/in time/), unread: true });
  await expect(
    impatient.read({ format: 'pdf', size: 1e6, readRange: () => Promise.reject(new Error('no more quota')) }),
  ).rejects.toThrow('no more quota');
  await impatient.close();
});
