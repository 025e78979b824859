/** Tests what is hard to provoke in a separate process: runs that reach their deadline, and conflicts. */
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
  // The client reads the variable when it is created.
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

test('resumes a run that reached its time limit until everything is done', async () => {
  world.addBooks(900);
  // At 41 writes per second, a batch of 400 uses up the 10 s of a run.
  expect(await run({ runSeconds: 10, writesPerSecond: 41 })).toBe(0);
  const lines = printed.join('\n').split('\n');
  const continued = lines.filter((line) => line.endsWith('and this command resumes it now'));
  expect(continued).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^reconcile: 100 added/);
  expect(await world.titles()).toHaveLength(900);
}, 60_000);

test('reads the content of books as the deployed function does', async () => {
  await world.close();
  world = await openWorld({ scopes: ['https://www.googleapis.com/auth/drive.readonly'] });
  world.drive.addFile({ name: 'scan0001.pdf', parent: world.root });
  expect(await run({ embeddedMetadata: 'fill' })).toBe(0);
  expect(world.driveEmulator.calls.count('files.download')).toBeGreaterThan(0);
  expect(printed.join('\n')).toContain('Added new book: scan0001');
});

test('stops if other runs keep updating the checkpoint, and says that they sync the catalog', async () => {
  world.addBooks(2);
  let index = 0;
  world.judge = async ({ method }): Promise<Verdict> => {
    // Another run completes just before this one writes.
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
    'Another run keeps updating the checkpoint, so this run stopped. The other run syncs the catalog.',
  );
}, 60_000);
