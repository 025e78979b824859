/** What a process of its own cannot be made to show in a test's time: a run that uses up its time, and who overtakes it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunSyncOptions, runSync } from '../../../functions/cli/sync/run-sync.ts';
import type { Settings } from '../../../functions/sync/core/config.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import type { Verdict } from '../../support/firestore-proxy.ts';
import { openWorld, type World } from '../../support/world.ts';

let world: World;
let printed: string[];
beforeEach(async () => {
  world = await openWorld();
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

async function run(settings: Partial<Settings>, options: Partial<RunSyncOptions> = {}): Promise<number> {
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  // The client reads this when it is made.
  process.env.FIRESTORE_EMULATOR_HOST = world.firestoreHost;
  try {
    const run = { settings: { ...world.settings, ...settings }, identity: 'oauth', values: {} } as const;
    return await runSync({
      environment: 'dev',
      run,
      request: plainRequest,
      dryRun: false,
      json: false,
      ...options,
    });
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = emulator;
  }
}

test('a run that used up its time goes on at once, until all is done', async () => {
  world.addBooks(900);
  // A batch of 400 has its run wait until nothing is left of it.
  expect(await run({ runSeconds: 10, writesPerSecond: 41 })).toBe(0);
  const lines = printed.join('\n').split('\n');
  const continued = lines.filter((line) => line.endsWith('and this command goes on at once'));
  expect(continued).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^reconcile: 100 added/);
  expect(await world.titles()).toHaveLength(900);
}, 60_000);

test('the books are read as in the deployed function', async () => {
  await world.close();
  world = await openWorld({ scopes: ['https://www.googleapis.com/auth/drive.readonly'] });
  world.drive.addFile({ name: 'scan0001.pdf', parent: world.root });
  expect(await run({ embeddedMetadata: 'fill' })).toBe(0);
  expect(world.driveEmulator.calls.count('files.download')).toBeGreaterThan(0);
  expect(printed.join('\n')).toContain('Added new book: scan0001');
});

test('overtaken by others all the time, it says that they do the work', async () => {
  world.addBooks(2);
  let index = 0;
  world.judge = async ({ method }): Promise<Verdict> => {
    // Another run comes to its end just before this one writes.
    if (method === 'Commit' && index < 3) {
      const before = world.judge;
      world.judge = undefined;
      world.drive.addFile({ name: `Another ${index++} - Ann Author.pdf`, parent: world.root });
      await world.run({ ...plainRequest, reconcile: true });
      world.judge = before;
    }
    return 'pass';
  };
  expect(await run({}, { request: { ...plainRequest, reconcile: true } })).toBe(0);
  expect(printed.at(-1)).toBe(
    'Another run keeps writing, so the catalog is being made true without this one.',
  );
}, 60_000);
