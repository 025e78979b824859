/** A run that somebody ends: it stops soon wherever it is, what is committed stays, and the next run goes on. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Settings } from '../../functions/sync/core/config.ts';
import type { ProgressStep } from '../../functions/sync/core/progress.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import type { Verdict } from '../support/firestore-proxy.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let ending: AbortController;
beforeEach(async () => {
  world = await openWorld();
  ending = new AbortController();
});
afterEach(() => world.close());

/** The run is ended when this happens, which the function is told of by `end`. */
interface Moment {
  when: string;
  prepare: (end: () => void) => void;
  settings?: Partial<Settings>;
  /** Documents that were written by then. */
  written: number;
  /** Questions Drive was asked, where that tells whether any was begun afterwards. */
  driveCalls?: number;
}

const folderCount = 40;

test.each<Moment>([
  { when: 'before it begins', prepare: (end) => end(), written: 0, driveCalls: 0 },
  {
    when: 'while it lists',
    prepare(end) {
      world.driveEmulator.faults.add({
        match: { method: 'files.list' },
        fault: { kind: 'slow', ms: 300 },
        times: Infinity,
      });
      world.driveEmulator.faults.onCall(({ method }) => {
        if (method === 'files.list') end();
      });
    },
    written: 0,
    // The root, the token of the feed, and the listing it was ended in.
    driveCalls: 3,
  },
  {
    when: 'while Drive does not answer',
    prepare(end) {
      world.driveEmulator.faults.add({
        match: { method: 'files.list' },
        fault: { kind: 'hang' },
        times: Infinity,
      });
      world.driveEmulator.faults.onCall(({ method }) => {
        if (method === 'files.list') end();
      });
    },
    written: 0,
  },
  {
    when: 'while it waits to ask again',
    prepare(end) {
      const fault = { kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfter: 60 } as const;
      world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault, times: Infinity });
      world.driveEmulator.faults.onCall(({ method }) => {
        if (method === 'files.list') setTimeout(end, 200);
      });
    },
    written: 0,
  },
  {
    when: 'while a commit is under way, which is waited for',
    prepare(end) {
      world.judge = async ({ method }): Promise<Verdict> => {
        if (method === 'Commit') end();
        if (method === 'Commit') await new Promise((resolve) => setTimeout(resolve, 300));
        return 'pass';
      };
    },
    written: 400,
  },
  {
    when: 'while a commit is never answered',
    prepare(end) {
      world.judge = ({ method }) => {
        if (method !== 'Commit') return 'pass';
        end();
        return 'stall';
      };
    },
    written: 0,
  },
  {
    when: 'between two batches',
    settings: { writesPerSecond: 4 },
    prepare(end) {
      world.judge = ({ method }) => {
        if (method === 'Commit') setTimeout(end, 1_000);
        return 'pass';
      };
    },
    written: 400,
  },
])('$when', async ({ prepare, settings, written, driveCalls }) => {
  for (let i = 0; i < folderCount; i++)
    world.addBooks(20, world.drive.addFolder({ name: `Folder ${i}`, parent: world.root }).id);
  prepare(() => ending.abort());
  const outcome = await world.run(
    plainRequest,
    { runSeconds: 3_600, ...settings },
    { signal: ending.signal },
  );
  expect(outcome).toMatchObject({ kind: 'interrupted', added: written });
  if (driveCalls !== undefined) expect(outcome).toMatchObject({ usage: { driveCalls } });
  expect(await world.titles()).toHaveLength(written);
  expect(world.logs.at(-1)).toMatchObject({ event: 'run_interrupted', severity: 'WARNING', added: written });
  expect(world.said('run_failed')).toEqual([]);

  world.driveEmulator.faults.clear();
  world.judge = undefined;
  expect(await world.run()).toMatchObject({ kind: 'completed', added: folderCount * 20 - written });
});

test('who watches hears of each stage, with amounts that grow to the end', async () => {
  const steps: ProgressStep[] = [];
  const onProgress = (step: ProgressStep) => void steps.push(step);
  world.addBooks(3, world.drive.addFolder({ name: 'Below', parent: world.root }).id);
  await world.run(plainRequest, {}, { onProgress });
  world.addBooks(500);
  await world.run({ ...plainRequest, reconcile: true }, {}, { onProgress });
  const last = (name: string) => steps.filter(({ step }) => step === name).at(-1);
  expect(last('listing')).toEqual({ step: 'listing', folders: 2, files: 503 });
  expect(last('comparing')).toEqual({ step: 'comparing', documents: 3 });
  expect(last('writing')).toEqual({ step: 'writing', done: 500, total: 500 });
  expect(steps.filter(({ step }) => step === 'writing')).toHaveLength(503);
});
