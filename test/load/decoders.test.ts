/** Arbitrary input from outside: no decoder throws anything it should not, and none hangs. */
import { createServer } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCheckpointFields } from '../../functions/sync/catalog/checkpoint.ts';
import { readSettings, type Settings } from '../../functions/sync/core/config.ts';
import { createDeadline } from '../../functions/sync/core/deadline.ts';
import { DeadlineReached, SyncError } from '../../functions/sync/core/errors.ts';
import { createLogs } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { createRetry } from '../../functions/sync/core/retry.ts';
import { createMeter } from '../../functions/sync/core/usage.ts';
import { openDrive } from '../../functions/sync/drive/client.ts';
import { type DriveItem, readItem } from '../../functions/sync/drive/items.ts';
import { readEvent } from '../../functions/sync/trigger/event.ts';
import { listenOnFreePort } from '../support/listen.ts';

const few = { numRuns: process.env.HEAVY ? 20_000 : 500 };
const good = {
  id: 'file-1',
  name: 'Emma - Jane Austen (1815).pdf',
  mimeType: 'application/pdf',
  createdTime: '2020-01-01T00:00:00.000Z',
  modifiedTime: '2020-01-01T00:00:00.000Z',
  size: '1024',
  md5Checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  trashed: false,
  parents: ['folder-1'],
};

/** A valid response in which some fields are missing or have arbitrary values. */
function spoiled<T extends object>(value: T): fc.Arbitrary<unknown> {
  const fields = Object.entries(value).map(([name, right]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, fc.jsonValue(), fc.constant(undefined)),
    ),
  );
  return fc
    .tuple(fc.tuple(...fields), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }))
    .map(([entries, more]) => ({ ...Object.fromEntries(entries), ...more }));
}

test('reads a Drive entry as a complete item, or names its missing fields', () => {
  fc.assert(
    fc.property(fc.oneof(spoiled(good), fc.jsonValue(), fc.anything()), (entry) => {
      const read = readItem(entry);
      if ('item' in read) expectWhole(read.item);
      else expect(read.missing.length).toBeGreaterThan(0);
    }),
    few,
  );
});

test('rejects an ID that Firestore or a Drive query could misread', () => {
  for (const id of [
    'a/b',
    '..',
    '.',
    '__x__',
    "x' or 'y' in parents or '",
    '',
    'é',
    'x'.repeat(1_001),
    'a b',
  ])
    expect(readItem({ ...good, id })).toMatchObject({ missing: ['id'] });
  expect(readItem(good)).toMatchObject({ item: { id: 'file-1' } });
});

test('reads any event as a request, with short warnings about what is wrong with it', () => {
  const message = { data: 'e30=', attributes: { reconcile: 'true' }, publishTime: '2026-11-23T10:00:00Z' };
  fc.assert(
    fc.property(
      fc.oneof(spoiled({ data: { message } }), spoiled(message), fc.anything({ withBigInt: true })),
      (given) => {
        for (const event of [given, { data: { message: given } }]) {
          const { request, publishedAt, warnings } = readEvent(event);
          expect(typeof request.reconcile).toBe('boolean');
          if (request.approvedRemovals !== undefined) expect(request.approvedRemovals).toBeLessThan(1e9);
          expect(publishedAt?.getTime()).not.toBeNaN();
          expect(warnings.join().length).toBeLessThan(5_000);
        }
      },
    ),
    few,
  );
});

test('reads an event with a megabyte in any field in less than a second', () => {
  const big = 'A'.repeat(1_000_000);
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`${big.slice(0, 90)}${i}`, 'x']));
  const messages = [
    { data: big },
    { data: `${big}=!` },
    { data: ' '.repeat(1_000_000) },
    { data: `${'= '.repeat(500_000)}` },
    { attributes: many },
    { attributes: { approve_removals: '9'.repeat(1_000_000) } },
    { publishTime: big },
    { publishTime: '0'.repeat(1_000_000) },
  ];
  for (const message of messages) {
    const began = performance.now();
    readEvent({ data: { message } });
    expect(performance.now() - began, JSON.stringify(message).slice(0, 40)).toBeLessThan(1_000);
  }
});

test('reads an edited checkpoint, or says in one sentence why it cannot be used', () => {
  const checkpoint = {
    format: 1,
    pageToken: 't',
    driveId: null,
    folders: ['a'],
    shortcuts: { b: 'c' },
    listedUntil: null,
    reconciledAt: '2026-01-01T00:00:00.000Z',
    rules: 1,
    settings: 's',
    books: 1,
    held: null,
  };
  fc.assert(
    fc.property(fc.oneof(spoiled(checkpoint), fc.anything()), (fields) => {
      const read = readCheckpointFields(fields);
      if (read.kind === 'unreadable') expect(read.why.length).toBeLessThan(1_000);
      else expect(Array.isArray(read.checkpoint.folders)).toBe(true);
    }),
    few,
  );
});

/** A server that returns the same bytes for every request of a run. */
let body = '';
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const token = { access_token: 'ya29.x', expires_in: 3600, token_type: 'Bearer' };
  response.end(request.url === '/token' ? JSON.stringify(token) : body);
});
let settings: Settings;
beforeAll(async () => {
  const port = await listenOnFreePort(server);
  settings = readSettings({
    GOOGLE_DRIVE_FOLDER_ID: 'folder-number-1',
    FIREBASE_PROJECT_ID: 'test-project',
    GOOGLE_CLIENT_ID: 'c',
    GOOGLE_CLIENT_SECRET: 'GOCSPX-secret',
    GOOGLE_REFRESH_TOKEN: '1//refresh',
    GOOGLE_API_ROOT: `http://127.0.0.1:${port}`,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('reads any Drive response as the expected result, or fails with an error that has a hint', {
  timeout: 300_000,
}, async () => {
  const change = { changeType: 'file', fileId: 'file-1', removed: false, file: good };
  const answers = fc.oneof(
    fc.array(spoiled(good), { maxLength: 3 }).chain((files) => spoiled({ files, incompleteSearch: false })),
    fc
      .array(spoiled(change), { maxLength: 3 })
      .chain((changes) => spoiled({ changes, newStartPageToken: '2' })),
    spoiled(good),
    spoiled({ startPageToken: '1' }),
    fc.jsonValue(),
  );
  const texts = fc.oneof(
    { weight: 4, arbitrary: answers.map((answer) => JSON.stringify(answer) ?? '') },
    fc.string({ unit: 'binary' }),
    answers.map((answer) => (JSON.stringify(answer) ?? '').slice(0, -1)),
  );
  const logs = createLogs(() => {}, createRedactor([]));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      body = text;
      const deadline = createDeadline(10);
      const drive = openDrive({
        settings,
        meter: createMeter(),
        // One attempt: other tests cover retries.
        retry: (_, attempt) => attempt(),
        deadline,
      });
      const folder = { id: 'f', sharedDriveId: undefined, resourceKey: undefined };
      for (const call of [
        async () => expectWhole(await drive.get('x')),
        async () => expectPage(await drive.listFolder(folder, undefined)),
        async () => expectPage(await drive.changes('1', undefined)),
        async () => expect(await drive.startPageToken(undefined)).not.toBe(''),
      ])
        await call().catch((error: unknown) => {
          if (!(error instanceof SyncError)) throw error;
          expect(error.hint).not.toBe('');
        });
      deadline.end();
    }),
    { numRuns: process.env.HEAVY ? 2_000 : 60 },
  );
  // With the retry policy of a run, a response that is never valid fails in time, with a clear error.
  body = '{';
  const deadline = createDeadline(1);
  const retry = createRetry({ logs, deadline, baseMs: 1 });
  const drive = openDrive({ settings, meter: createMeter(), retry, deadline });
  const error = await drive.get('x').catch((thrown: unknown) => thrown);
  expect(error instanceof SyncError || error instanceof DeadlineReached).toBe(true);
  deadline.end();
});

function expectPage(page: { entries: object[] }): void {
  for (const entry of page.entries) {
    if ('item' in entry && entry.item !== undefined) expectWhole(entry.item as DriveItem);
    else expect('item' in entry || 'missing' in entry).toBe(true);
  }
}

function expectWhole({ id, name, mimeType, createdTime, modifiedTime, sizeBytes, trashed }: DriveItem): void {
  expect(id).toMatch(/^[\w-]+$/);
  for (const text of [name, mimeType, createdTime, modifiedTime]) {
    expect(typeof text).toBe('string');
    expect(text.length).toBeLessThanOrEqual(1_500);
  }
  expect(sizeBytes).toBeGreaterThanOrEqual(0);
  expect(typeof trashed).toBe('boolean');
}
