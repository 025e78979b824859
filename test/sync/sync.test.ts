/** The log line that a run started: every run leaves it, even one that is killed and logs nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import type { Verdict } from '../support/firestore-proxy.ts';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

function started(): unknown[] {
  return world.logs
    .filter(({ event }) => event === 'run_started' || event === 'mode_changed')
    .map(({ event, mode, reason }) => [event, mode, reason]);
}

test('a reconcile, an idle run, and an incremental run each log once that they started', async () => {
  world.addBooks(1);
  await world.run(reconcileRequest);
  await world.run();
  world.addBooks(1);
  await world.run();
  expect(started()).toEqual([
    ['run_started', 'reconcile', 'first run'],
    ['run_started', 'incremental', expect.any(String)],
    ['run_started', 'incremental', expect.any(String)],
  ]);
});

test('a run that is killed while it writes has logged that it started', async () => {
  world.addBooks(1);
  await world.run();
  world.addBooks(1);
  world.logs.length = 0;
  let isWriting = (): void => {};
  const writing = new Promise<void>((resolve) => {
    isWriting = resolve;
  });
  world.judge = ({ method }) => {
    if (method !== 'Commit') return 'pass';
    isWriting();
    return 'stall';
  };
  const ending = new AbortController();
  const run = world.run(plainRequest, {}, { signal: ending.signal });
  await writing;
  // What a process that is killed at this point leaves in the log.
  expect(started()).toEqual([['run_started', 'incremental', expect.any(String)]]);
  ending.abort();
  await run;
});

test('an incremental run that has to reconcile logs that it switched', async () => {
  const shelf = world.drive.addFolder({ name: 'Shelf', parent: world.root }).id;
  world.addBooks(1, shelf);
  await world.run();
  await world.firestore
    .collection('sync_state')
    .doc(world.root)
    .update({ listedUntil: '2020-01-01T00:00:00.000Z' });
  world.drive.trash(shelf);
  world.logs.length = 0;
  expect(await world.run()).toMatchObject({ mode: 'reconcile', removed: 1 });
  expect(started()).toEqual([
    ['run_started', 'incremental', expect.any(String)],
    ['mode_changed', 'reconcile', 'a folder left the library'],
  ]);
});

test('a run that starts over because another run updated the checkpoint logs once that it started', async () => {
  world.addBooks(1);
  await world.run();
  world.addBooks(1);
  world.logs.length = 0;
  let isFirst = true;
  world.judge = async ({ method }): Promise<Verdict> => {
    if (method === 'Commit' && isFirst) {
      isFirst = false;
      const state = world.firestore.collection('sync_state').doc(world.root);
      await state.update({ writer: 'another run/1' });
    }
    return 'pass';
  };
  await world.run();
  expect(world.logs.map(({ event }) => event)).toEqual([
    'run_started',
    'run_overtaken',
    'book_added',
    'run_completed',
  ]);
});
