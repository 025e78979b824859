/** Hostile files: each costs what a book may cost, and a few words. What comes of each stands in docs/embedded.md. */
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
  // What the log says it cost is what it cost.
  expect(told.reading).toMatchObject({ requests: told.requests, bytes: told.bytes });
  return told;
}

test('the good ones are read, in a request or two', async () => {
  expect((await read('pdf', good)).reading).toMatchObject({
    said: [{ place: 'info', title: 'Emma', authors: ['Jane Austen'] }],
    requests: 1,
  });
  expect((await read('epub', await goodEpub())).reading).toMatchObject({
    said: [{ place: 'opf', title: 'Emma', authors: ['Jane Austen'], date: '1815' }],
  });
});

test.each(hostileFiles)('$what ($format)', async (file) => {
  const told = await read(file.format, await file.make(), file.size);
  const { reading } = told;
  const outcome = reading.kind === 'unreadable' ? reading.problem : JSON.stringify(reading.said);
  if (file.warning) expect(outcome).toMatch(file.warning);
  expect(outcome.length).toBeLessThan(400);
  const row = hostileRow(file, told);
  // On a busy machine time may end what would have ended otherwise; then the page cannot tell.
  if (!row.includes('it takes too long to read')) expect(anyLimit(page)).toContain(anyLimit(row));
  // And the next book is read as if nothing had been.
  expect((await read('pdf', good)).reading).toMatchObject({ said: [{ title: 'Emma' }] });
});

/** Which of the limits stops a bomb first depends on the machine; everything else is what the page says. */
function anyLimit(text: string): string {
  return text.replace(
    /it (?:takes too (?:long|much memory) to read|breaks the program that reads it)/gu,
    'LIMIT',
  );
}

test.each([
  { ...limits, requests: 3 },
  { ...limits, requests: 50, bytes: 100_000 },
])('$requests requests and $bytes bytes are all a book gets', async (given) => {
  const strict = openReader(process.env.TEST_READER_FILE ?? '', given);
  const told = await readBytes(strict, 'pdf', Buffer.alloc(2_000_000));
  await strict.close();
  expect(told.reading).toMatchObject({ problem: expect.stringMatching(/more bytes or requests/) });
  expect(told.requests).toBeLessThanOrEqual(given.requests);
  expect(told.bytes).toBeLessThanOrEqual(given.bytes);
});

test('bytes that do not come are no fault of the file', async () => {
  const impatient = openReader(process.env.TEST_READER_FILE ?? '', { ...limits, timeMs: 2_000 });
  const reading = await impatient.read({ format: 'pdf', size: 1e6, readRange: () => new Promise(() => {}) });
  expect(reading).toMatchObject({ problem: expect.stringMatching(/in time/), unread: true });
  await expect(
    impatient.read({ format: 'pdf', size: 1e6, readRange: () => Promise.reject(new Error('no more quota')) }),
  ).rejects.toThrow('no more quota');
  await impatient.close();
});
