/**
 * Tests how a run ends: on time, even without responses; with nothing left open that would keep the process alive;
 * and without output other than log lines.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { Fault } from '../../functions/drive-emulator/faults/faults.ts';
import { writePdf } from '../../functions/drive-emulator/sample/pdf.ts';
import type { Settings } from '../../functions/sync/core/config.ts';
import { openWorld, type World } from '../support/world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function open(): Promise<World> {
  const world = await openWorld();
  worlds.push(world);
  world.addBooks(1);
  return world;
}

/**
 * A library whose books must be read, each with several downloads: enough books for all worker threads and a queue.
 */
async function openUnnamed(): Promise<World> {
  const world = await openWorld({
    settings: { embeddedMetadata: 'fill' },
    scopes: ['https://www.googleapis.com/auth/drive.readonly'],
  });
  worlds.push(world);
  for (let index = 0; index < 6; index++) {
    const lines = Array.from({ length: 3_000 }, (_, line) => `Book ${index}, line ${line}`);
    const content = writePdf({ lines, info: { title: `Emma ${index}`, author: 'Jane Austen' }, xmp: null });
    world.drive.addFile({ name: `scan000${index}.pdf`, parent: world.root, content });
  }
  return world;
}

interface Ending {
  runs: { outcome: string; ms: number }[];
  /** The resources that were still open right after the runs. */
  open: string[];
  /** How long the process ran on after that, in milliseconds. */
  livedOnMs: number;
  /** What the process wrote to standard error: nothing, or a warning from Node. */
  stderr: string;
}

/** Runs the sync in its own process, in all test environments at the same time. */
async function runAlone(
  given: readonly World[],
  settings: Partial<Settings> = {},
  options: { retryBaseMs?: number } = {},
): Promise<Ending> {
  const jobs = given.map((world) => ({
    settings: { ...world.settings, ...settings },
    firestoreHost: world.firestoreHost,
    ...options,
  }));
  const program = path.join(import.meta.dirname, 'one-run.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(jobs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stderr = text(child.stderr);
  const closed = new Promise((resolve) => child.once('close', resolve));
  let ended = 0;
  let said = '{}';
  createInterface({ input: child.stdout }).on('line', (line) => {
    ended = performance.now();
    said = line;
  });
  const watchdog = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await closed;
  clearTimeout(watchdog);
  return { ...JSON.parse(said), livedOnMs: performance.now() - ended, stderr: await stderr };
}

/** Expects that nothing is open and that the process exits by itself. */
function expectClosed(ending: Ending): void {
  expect(ending.stderr).toBe('');
  expect(ending.open).toEqual([]);
  expect(ending.livedOnMs).toBeLessThan(2_000);
}

test('a completed run leaves nothing open, even if it read books in worker threads', async () => {
  await open();
  const unnamed = await openUnnamed();
  const ending = await runAlone(worlds);
  expect(ending.runs).toMatchObject([{ outcome: 'completed' }, { outcome: 'completed' }]);
  expect(await unnamed.titles()).toEqual(Array.from({ length: 6 }, (_, index) => `Emma ${index}`));
  expectClosed(ending);
}, 90_000);

test('a download without a response and the thread that waits for it end with the run', async () => {
  const { driveEmulator } = await openUnnamed();
  // The first downloads succeed, so that the threads are in the middle of a book.
  const fault: Fault = { kind: 'hang' };
  driveEmulator.faults.add({ match: { method: 'files.download', call: 4 }, fault, times: Infinity });
  const runSeconds = 8;
  const ending = await runAlone(worlds, { runSeconds });
  for (const { ms } of ending.runs) expect(ms).toBeLessThan(runSeconds * 1000 + 2_000);
  expect(driveEmulator.calls.count('files.download')).toBeGreaterThan(3);
  expectClosed(ending);
}, 90_000);

test('a call without a response from Drive, its token endpoint or Firestore ends with the run', async () => {
  const methods = ['files.get', 'files.list', 'changes.getStartPageToken', 'oauth.token'] as const;
  for (const method of methods) {
    const { driveEmulator } = await open();
    driveEmulator.faults.add({ match: { method }, fault: { kind: 'hang' }, times: Infinity });
  }
  const stalled: number[] = [];
  for (const request of [1, 2, 3]) {
    const world = await open();
    world.judge = ({ index }) => {
      if (index === request) stalled.push(request);
      return index >= request ? 'stall' : 'pass';
    };
  }
  // Long enough for a busy machine to reach the last request before the deadline.
  const runSeconds = 8;
  const ending = await runAlone(worlds, { runSeconds });
  expect(ending.runs.map(({ outcome }) => outcome)).toEqual(Array(7).fill('RunTimeoutError outOfTime'));
  for (const { ms } of ending.runs) expect(ms).toBeLessThan(runSeconds * 1000 + 2_000);
  expect(stalled.sort()).toEqual([1, 2, 3]);
  expectClosed(ending);
}, 90_000);

test('an outage of Drive, in which each retry opens a new connection, leaves nothing open', async () => {
  const { drive, driveEmulator, root } = await open();
  for (let i = 0; i < 20; i++) drive.addFolder({ name: `${i}`, parent: root });
  // Listing the root succeeds; then the listings of eight folders at once fail.
  driveEmulator.faults.add({
    match: { method: 'files.list', call: 2 },
    fault: { kind: 'cut' },
    times: Infinity,
  });
  const ending = await runAlone(worlds, { runSeconds: 60 }, { retryBaseMs: 1 });
  expect(ending.runs).toMatchObject([{ outcome: expect.stringMatching(/Error/) }]);
  expect(driveEmulator.calls.count('files.list')).toBeGreaterThan(40);
  expectClosed(ending);
}, 90_000);

test('the Firestore client does not add retries of its own to those of the run', async () => {
  const world = await open();
  let requests = 0;
  world.judge = () => {
    requests += 1;
    return { grpcStatus: 14 };
  };
  const ending = await runAlone([world], { runSeconds: 60 }, { retryBaseMs: 1 });
  expect(ending.runs).toMatchObject([{ outcome: 'CatalogError unavailable' }]);
  // The number of attempts of the run's own retry policy.
  expect(requests).toBe(9);
  expectClosed(ending);
}, 90_000);

test('a run that fails cancels its pending calls and retries', async () => {
  const waits: Fault[] = [{ kind: 'hang' }, { kind: 'status', status: 503, retryAfter: 45 }];
  for (const fault of waits) {
    const { drive, driveEmulator, root } = await open();
    for (let i = 0; i < 20; i++) drive.addFolder({ name: `${i}`, parent: root });
    const list = (call: number) => ({ method: 'files.list', call }) as const;
    // The root is listed first, then eight folders at once. The last of them ends the run.
    const exhausted = { kind: 'status', status: 403, reason: 'dailyLimitExceeded' } as const;
    driveEmulator.faults.add({ match: list(9), fault: exhausted });
    driveEmulator.faults.add({ match: list(2), fault, times: Infinity });
  }
  const ending = await runAlone(worlds, { runSeconds: 120 });
  for (const { outcome, ms } of ending.runs) {
    expect(outcome).toBe('DriveScanError dailyLimitExceeded');
    expect(ms).toBeLessThan(30_000);
  }
  expectClosed(ending);
  expect(worlds.map(({ driveEmulator }) => driveEmulator.calls.count('files.list'))).toEqual([9, 9]);
}, 90_000);
