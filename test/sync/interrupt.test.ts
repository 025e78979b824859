/** An interrupted run: it stops soon at any stage, committed changes are kept, and the next run continues. */
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

/** A moment at which a run is interrupted. */
interface Moment {
  title: string;
  /** Sets up the moment; `end` interrupts the run. */
  prepare: (end: () => void) => void;
  settings?: Partial<Settings>;
  /** Documents written by then. */
  written: number;
  /** Calls to Drive in total, if the number shows that none was started after the interruption. */
  driveCalls?: number;
}

const folderCount = 40;

test.each<Moment>([
  { title: 'stops before it starts', prepare: (end) => end(), written: 0, driveCalls: 0 },
  {
    title: 'stops while it lists',
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
    // The root, the start page token, and the listing during which the run was interrupted.
    driveCalls: 3,
  },
  {
    title: 'stops while Drive does not respond',
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
    title: 'stops while it waits to retry',
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
    title: 'waits for a commit in progress, then stops',
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
    title: 'stops while a commit gets no response',
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
    title: 'stops between two batches',
    settings: { writesPerSecond: 4 },
    prepare(end) {
      world.judge = ({ method }) => {
        if (method === 'Commit') setTimeout(end, 1_000);
        return 'pass';
      };
    },
    written: 400,
  },
])('$title', async ({ prepare, settings, written, driveCalls }) => {
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

test('reports the progress of each stage, with counts that grow to the final number', async () => {
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
