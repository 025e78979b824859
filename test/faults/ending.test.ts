/**
 * How a run ends: in time, whatever is never answered, with nothing left open that would keep a process alive, and
 * without a word that is not a log line.
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

/** A library whose books have to be read, each in several pieces: as many threads as there may be, and a queue. */
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
  /** What kept the process alive right after the runs. */
  open: string[];
  /** How long the process lived on after that, in milliseconds. */
  livedOnMs: number;
  /** What it wrote to the standard error: nothing, or a warning of Node's. */
  stderr: string;
}

/** Runs the sync in a program of its own, in all worlds at the same time. */
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

/** Nothing is open, and the process goes by itself. */
function expectClosed(ending: Ending): void {
  expect(ending.stderr).toBe('');
  expect(ending.open).toEqual([]);
  expect(ending.livedOnMs).toBeLessThan(2_000);
}

test('a run that is done leaves nothing open, nor one that read books in threads', async () => {
  await open();
  const unnamed = await openUnnamed();
  const ending = await runAlone(worlds);
  expect(ending.runs).toMatchObject([{ outcome: 'completed' }, { outcome: 'completed' }]);
  expect(await unnamed.titles()).toEqual(Array.from({ length: 6 }, (_, index) => `Emma ${index}`));
  expectClosed(ending);
}, 90_000);

test('a download that never comes does not outlast the run, nor does the thread that waits for it', async () => {
  const { driveEmulator } = await openUnnamed();
  // Some pieces come, so that the threads are in the middle of a book.
  const fault: Fault = { kind: 'hang' };
  driveEmulator.faults.add({ match: { method: 'files.download', call: 4 }, fault, times: Infinity });
  const runSeconds = 8;
  const ending = await runAlone(worlds, { runSeconds });
  for (const { ms } of ending.runs) expect(ms).toBeLessThan(runSeconds * 1000 + 2_000);
  expect(driveEmulator.calls.count('files.download')).toBeGreaterThan(3);
  expectClosed(ending);
}, 90_000);

test('an answer that never comes, from Drive, its token endpoint or Firestore, does not outlast the run', async () => {
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
  // Long enough for a busy machine to come to the last request before the time is over.
  const runSeconds = 8;
  const ending = await runAlone(worlds, { runSeconds });
  expect(ending.runs.map(({ outcome }) => outcome)).toEqual(Array(7).fill('RunTimeoutError outOfTime'));
  for (const { ms } of ending.runs) expect(ms).toBeLessThan(runSeconds * 1000 + 2_000);
  expect(stalled.sort()).toEqual([1, 2, 3]);
  expectClosed(ending);
}, 90_000);

test('an outage of Drive, for which each try takes a new connection, leaves nothing open', async () => {
  const { drive, driveEmulator, root } = await open();
  for (let i = 0; i < 20; i++) drive.addFolder({ name: `${i}`, parent: root });
  // The root is listed; then eight folders at once find nobody.
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

test('what Firestore refuses is not asked again behind our back', async () => {
  const world = await open();
  let requests = 0;
  world.judge = () => {
    requests += 1;
    return { grpcStatus: 14 };
  };
  const ending = await runAlone([world], { runSeconds: 60 }, { retryBaseMs: 1 });
  expect(ending.runs).toMatchObject([{ outcome: 'CatalogError unavailable' }]);
  // As many as the run's own policy makes.
  expect(requests).toBe(9);
  expectClosed(ending);
}, 90_000);

test('a run that fails gives up the answers and the tries it still waits for', async () => {
  const waits: Fault[] = [{ kind: 'hang' }, { kind: 'status', status: 503, retryAfter: 45 }];
  for (const fault of waits) {
    const { drive, driveEmulator, root } = await open();
    for (let i = 0; i < 20; i++) drive.addFolder({ name: `${i}`, parent: root });
    const list = (call: number) => ({ method: 'files.list', call }) as const;
    // The root is listed first, then eight folders at once, of which the last ends the run.
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
