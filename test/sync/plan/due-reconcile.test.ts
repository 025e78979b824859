/** A scheduled reconcile that does not fit in the run: the run still reads the changes feed, and then fails. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../../functions/drive-emulator/faults/faults.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

/** The reconcile gets three quarters of this. The rest must be enough for the feed, even on a busy machine. */
const brief = { runSeconds: 10 };
const longAgo = '2020-01-01T00:00:00.000Z';

let world: World;
/** The books of the library, half of them in a subfolder. */
let kept: string[];

beforeEach(async () => {
  world = await openWorld();
  const below = world.drive.addFolder({ name: 'Below', parent: world.root }).id;
  kept = [...world.addBooks(6), ...world.addBooks(6, below)];
  await world.run();
  await state().update({ reconciledAt: longAgo });
});
afterEach(() => world.close());

test.each<[string, Fault]>([
  ['never responds', { kind: 'hang' }],
  ['is too slow to list every folder in time', { kind: 'slow', ms: 3_000 }],
])(
  'writes the changes of the feed if the listing %s',
  async (_, fault) => {
    const { drive, root } = world;
    let parent = root;
    for (let depth = 0; depth < 5; depth++) parent = drive.addFolder({ name: `${depth}`, parent }).id;
    // An incremental run also lists folders that entered the library, so these must have been listed before.
    await state().update({ reconciledAt: new Date().toISOString() });
    await world.run();
    await state().update({ reconciledAt: longAgo });

    const added = drive.addFile({ name: 'New - Ann Author.pdf', parent: root }).id;
    const [renamed = '', gone = ''] = kept;
    drive.rename(renamed, 'Renamed - Ann Author.pdf');
    drive.trash(gone);
    const before = await world.checkpoint();
    const listing = world.driveEmulator.faults.add({
      match: { method: 'files.list' },
      fault,
      times: Infinity,
    });

    await expect(world.run(plainRequest, brief)).rejects.toMatchObject({
      name: 'RunTimeoutError',
      reason: 'outOfTime',
      // If the message were redelivered at once, the result would be the same.
      retryable: false,
      message: expect.stringContaining('retried in 6 h'),
    });
    expect(listing.hits).toBeGreaterThan(0);
    const books = await world.books();
    expect(books.get(added)).toMatchObject({ title: 'New' });
    expect(books.get(renamed)).toMatchObject({ title: 'Renamed' });
    expect([...books].filter(([, book]) => book.removed_date).map(([id]) => id)).toEqual([gone]);
    const after = await world.checkpoint();
    expect(after).toMatchObject({ reconciledAt: longAgo, reconcileTriedAt: expect.any(String), books: 12 });
    expect(after?.pageToken).not.toBe(before?.pageToken);
    expect(world.logs.filter(({ event }) => event === 'run_failed')).toMatchObject([
      { severity: 'ERROR', reason: 'outOfTime', commits: 1 },
    ]);

    // The next runs are idle, although the listing is still slow.
    const { hits } = listing;
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      usage: { driveCalls: 1, reads: 1, writes: 0 },
    });
    expect(listing.hits).toBe(hits);

    listing.remove();
    await state().update({ reconcileTriedAt: new Date(Date.now() - 7 * 3_600_000).toISOString() });
    expect(await world.run()).toMatchObject({ mode: 'reconcile', added: 0, updated: 0, removed: 0 });
    expect(await world.checkpoint()).toMatchObject({ reconcileTriedAt: null });
    expect((await world.checkpoint())?.reconciledAt).not.toBe(longAgo);
  },
  60_000,
);

test('writes only the checkpoint if the feed has nothing new', async () => {
  const before = await world.checkpoint();
  world.driveEmulator.faults.add({
    match: { method: 'files.list' },
    fault: { kind: 'hang' },
    times: Infinity,
  });
  await expect(world.run(plainRequest, brief)).rejects.toMatchObject({ reason: 'outOfTime' });
  const { reconcileTriedAt, writer, runs, ...after } = (await world.checkpoint()) ?? {};
  expect(before).toMatchObject(after);
  expect(runs.slice(1)).toEqual(before?.runs);
  expect(Date.now() - Date.parse(reconcileTriedAt)).toBeLessThan(60_000);
  expect(world.logs.at(-1)).toMatchObject({ event: 'run_failed', writes: 1, commits: 1 });
}, 60_000);

test('leaves changes that the feed cannot describe to a reconcile that fits', async () => {
  const { drive, root, driveEmulator } = world;
  const elsewhere = drive.addFolder({ name: 'Elsewhere', parent: 'root' }).id;
  await state().update({ listedUntil: longAgo });
  const [below] = (await world.checkpoint())?.folders.filter((id: string) => id !== root) ?? [];
  drive.move(below, elsewhere);
  const before = await world.checkpoint();
  driveEmulator.faults.add({ match: { method: 'files.list' }, fault: { kind: 'hang' }, times: Infinity });
  await expect(world.run(plainRequest, brief)).rejects.toMatchObject({ reason: 'outOfTime' });
  // Only the record of the failure was added.
  const { runs, writer } = (await world.checkpoint()) ?? {};
  expect(await world.checkpoint()).toEqual({ ...before, runs, writer });
  expect(runs.slice(1)).toEqual(before?.runs);
  expect(await world.titles()).toHaveLength(12);
}, 60_000);

test('reads the feed if Drive temporarily refuses the listing, and does not defer the reconcile', async () => {
  const fault: Fault = { kind: 'status', status: 403, reason: 'rateLimitExceeded' };
  const listing = world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault, times: Infinity });
  const id = world.drive.addFile({ name: 'New - Ann Author.pdf', parent: world.root }).id;
  await expect(world.run()).rejects.toMatchObject({ retryable: true });
  expect(await world.books()).toHaveProperty('size', 13);
  expect((await world.books()).get(id)).toMatchObject({ title: 'New' });
  expect(await world.checkpoint()).toMatchObject({ reconciledAt: longAgo, reconcileTriedAt: null });
  listing.remove();
  expect(await world.run()).toMatchObject({ mode: 'reconcile' });
});

test('does not read the feed in place of a reconcile that a person requested; the run fails', async () => {
  world.addBooks(1);
  world.driveEmulator.faults.add({
    match: { method: 'files.list' },
    fault: { kind: 'hang' },
    times: Infinity,
  });
  await expect(world.run(reconcileRequest, { runSeconds: 3 })).rejects.toMatchObject({
    reason: 'outOfTime',
    retryable: true,
  });
  expect(await world.titles()).toHaveLength(12);
});

test('a clock that was set back does not postpone the next attempt for years', async () => {
  await state().update({ reconcileTriedAt: '2999-01-01T00:00:00.000Z' });
  expect(await world.run()).toMatchObject({ mode: 'reconcile' });
});

test('a scheduled reconcile that fits costs as much as a requested one', async () => {
  const due = await world.run();
  const requested = await world.run(reconcileRequest);
  expect(due).toMatchObject({ mode: 'reconcile', usage: { ...requested.usage } });
});

function state() {
  return world.firestore.collection('sync_state').doc(world.root);
}
