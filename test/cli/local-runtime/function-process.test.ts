/** Tests the deployed bundle in the Functions Framework, in a separate process. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writePdf } from '../../../functions/drive-emulator/sample/pdf.ts';
import { startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { buildForTest, type Deployed, deploy, environmentOf } from '../../support/function.ts';
import { openWorld, type World } from '../../support/world.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let bundle: Awaited<ReturnType<typeof buildForTest>>;
let world: World;
let running: Deployed | undefined;

beforeAll(async () => {
  bundle = await buildForTest();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await world.close();
});

describe('the bundle', () => {
  test('is reproducible and contains no path of this machine', async () => {
    const other = await buildForTest();
    const names = (await readdir(bundle.directory)).sort();
    expect(names).toEqual(['embedded.mjs', 'index.js', 'index.js.LEGAL.txt', 'index.js.map', 'package.json']);
    for (const name of names) {
      const [one, two] = await Promise.all(
        [bundle, other].map(({ directory }) => readFile(path.join(directory, name), 'utf8')),
      );
      expect(one === two, name).toBe(true);
      expect(one?.includes(root), name).toBe(false);
    }
    await other.remove();
  });

  test('is smaller than 3 MB and depends on nothing but the framework', async () => {
    expect((await readFile(path.join(bundle.directory, 'index.js'))).length).toBeLessThan(3_000_000);
    const { dependencies, main } = JSON.parse(
      await readFile(path.join(bundle.directory, 'package.json'), 'utf8'),
    );
    expect([main, Object.keys(dependencies)]).toEqual(['index.js', ['@google-cloud/functions-framework']]);
    expect(dependencies['@google-cloud/functions-framework']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

test('reads embedded metadata in a worker thread from a separate file, and prints nothing but log lines', async () => {
  const content = writePdf({ lines: ['text'], info: { title: 'Emma', author: 'Jane Austen' }, xmp: null });
  world.drive.addFile({ name: 'scan0001.pdf', parent: world.root, content });
  if (world.settings.driveIdentity.kind !== 'oauth') throw new Error('a world has an OAuth identity');
  const scopes = ['https://www.googleapis.com/auth/drive.readonly'];
  const driveEmulator = await startDriveEmulator(world.drive, {
    oauth: { ...world.settings.driveIdentity, scopes },
  });
  running = await deploy(bundle.directory, {
    ...environmentOf(world),
    GOOGLE_API_ROOT: driveEmulator.url,
    EMBEDDED_METADATA: 'fill',
  });
  await running.deliver();
  await running.waitFor('run_completed');
  await driveEmulator.close();
  expect([...(await world.books()).values()]).toMatchObject([{ title: 'Emma', author: 'Jane Austen' }]);
  expect(running.lines.every((line) => line.startsWith('{"severity":'))).toBe(true);
});

describe('a message', () => {
  test('triggers a run that writes documents, logs JSON and acknowledges the message, even if it is invalid', async () => {
    world.drive.addFile({ name: 'Emma - Jane Austen (1815).pdf', parent: world.root });
    running = await deploy(bundle.directory, environmentOf(world));
    expect(await running.deliver()).toEqual({ status: 204 });
    await running.waitFor('run_completed');
    expect([...(await world.books()).values()]).toMatchObject([
      { title: 'Emma', author: 'Jane Austen', year: '1815', size_bytes: 1024 },
    ]);
    expect(running.lines.every((line) => line.startsWith('{"severity":'))).toBe(true);

    const malformed = [
      { data: '' },
      { data: '%%%' },
      { data: Buffer.from('tick').toString('base64') },
      { attributes: { color: 'red' } },
    ];
    for (const message of malformed) expect(await running.deliver(message)).toEqual({ status: 204 });
    await running.waitFor('run_completed', 1 + malformed.length);
    expect(running.entries.filter(({ event }) => event === 'odd_event').map(({ what }) => what)).toEqual([
      'the message has no data',
      'the message data is not base64',
      'the message data is not JSON',
      'unknown attributes "color"',
    ]);
  });

  test('that is older than the limit is acknowledged and skipped', async () => {
    running = await deploy(bundle.directory, environmentOf(world));
    const publishTime = new Date(Date.now() - 56 * 60_000).toISOString();
    expect(await running.deliver({ publishTime })).toEqual({ status: 204 });
    expect(await running.waitFor('event_skipped')).toMatchObject([{ severity: 'WARNING', ageMinutes: 56 }]);
    // A scheduled run does not do what a person requested.
    const attributes = { reconcile: 'true', approve_removals: '57' };
    expect(await running.deliver({ publishTime, attributes })).toEqual({ status: 204 });
    const [, skipped] = await running.waitFor('event_skipped', 2);
    expect(skipped?.message).toMatch(/Publish it again: reconcile=true, approve_removals=57$/);
    expect(world.driveEmulator.calls.total).toBe(0);
  });

  test('that is delivered twice at the same time to an empty catalog adds each book once', async () => {
    for (let i = 0; i < 40; i++)
      world.drive.addFile({ name: `Book ${i} - Ann Author.pdf`, parent: world.root });
    running = await deploy(bundle.directory, environmentOf(world));
    const responses = await Promise.all([running.deliver(), running.deliver()]);
    expect(responses).toEqual([{ status: 204 }, { status: 204 }]);
    await running.waitFor('run_completed', 2);
    expect((await world.books()).size).toBe(40);
    expect(running.entries.filter(({ event }) => event === 'book_added')).toHaveLength(40);
  });

  test.each([
    ['is redelivered if the error is retryable', 503, 500, true],
    ['is acknowledged if the error is not retryable', 400, 204, false],
  ])('whose run fails %s', async (_, status, response, retryable) => {
    world.driveEmulator.faults.add({
      match: { method: 'files.get' },
      fault: { kind: 'status', status },
      times: 1_000,
    });
    // A short run, so that its retries end soon.
    running = await deploy(bundle.directory, { ...environmentOf(world), RUN_SECONDS: '6' });
    expect(await running.deliver()).toEqual({ status: response });
    expect(await running.waitFor('run_failed')).toMatchObject([
      { severity: 'ERROR', error: 'DriveScanError', retryable, hint: expect.any(String) },
    ]);
  });
});

test('invalid settings end the process immediately, with one log line that lists all of them and no secret', async () => {
  const lines: string[] = [];
  const { startFunction } = await import('../../../functions/cli/local-runtime/function-process.ts');
  const environment = {
    FIREBASE_PROJECT_ID: 'NO PROJECT',
    GOOGLE_REFRESH_TOKEN: '1//canary-refresh-token',
    FIREBASE_PRIVATE_KEY: 'canary-private-key',
    FIREBASE_CLIENT_EMAIL: 'a@b',
  };
  await expect(
    startFunction({ environment, source: bundle.directory, onLine: (line) => lines.push(line) }),
  ).rejects.toThrow(/Nothing is listening/);
  expect(lines).toHaveLength(1);
  const entry = JSON.parse(lines[0] ?? '');
  expect(entry).toMatchObject({
    severity: 'ERROR',
    event: 'run_failed',
    error: 'ConfigError',
    hint: expect.stringContaining('.env'),
  });
  for (const name of [
    'GOOGLE_DRIVE_FOLDER_ID',
    'FIREBASE_PROJECT_ID',
    'GOOGLE_CLIENT_ID',
    'GOOGLE_CLIENT_SECRET',
    'FIREBASE_PRIVATE_KEY',
  ])
    expect(entry.message).toContain(name);
  expect(lines.join()).not.toMatch(/canary/);
});
