/** The guard for updates: newer metadata rules must not rewrite a large catalog by surprise. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rulesVersion } from '../../../functions/sync/metadata/rules-version.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** Makes the catalog look like one by older rules, with `count` titles that the current rules would change. */
async function madeByOlderRules(ids: string[], count: number): Promise<void> {
  const batch = world.firestore.batch();
  for (const [index, id] of ids.entries()) {
    const title = index < count ? `Old title ${index}` : `Book ${index}`;
    batch.update(world.firestore.collection('books').doc(id), {
      title,
      'sync.written.title': title,
      'sync.rules': rulesVersion - 1,
    });
  }
  batch.update(world.firestore.collection('sync_state').doc(world.root), { rules: rulesVersion - 1 });
  await batch.commit();
}

const oldTitles = async () => (await world.titles()).filter((title) => title.startsWith('Old')).length;

test('updates by newer rules are made if there are no more than the limit', async () => {
  const ids = world.addBooks(16);
  await world.run();
  await madeByOlderRules(ids, 10);
  expect(await world.run()).toMatchObject({
    mode: 'reconcile',
    reason: 'the metadata rules changed',
    updated: 10,
    heldUpdates: 0,
  });
  expect(await oldTitles()).toBe(0);
});

describe('more updates by newer rules than the limit', () => {
  let ids: string[];
  beforeEach(async () => {
    ids = world.addBooks(16);
    await world.run();
    await madeByOlderRules(ids, 11);
  });

  test('are held and logged, while updates that changed files require are made', async () => {
    world.drive.rename(ids[0] ?? '', 'Renamed - Ann Author (2001).pdf');
    world.drive.rename(ids[15] ?? '', 'Other - Ann Author (2001).pdf');
    world.addBooks(1);
    await madeByOlderRules(ids.slice(0, 12), 12);
    expect(await world.run()).toMatchObject({ mode: 'reconcile', added: 1, updated: 2, heldUpdates: 11 });
    expect(world.said('updates_held')).toEqual([
      expect.stringMatching(/^Holding 11 updates: .* more than 10 of 17 books.*approve_updates=11/),
    ]);
    expect(await oldTitles()).toBe(11);
    expect((await world.checkpoint())?.heldUpdates).toMatchObject({ count: 11 });
  });

  test('are logged by every run, and are made after their number is approved', async () => {
    expect(await world.run()).toMatchObject({ heldUpdates: 11, updated: 0 });
    const { since } = (await world.checkpoint())?.heldUpdates ?? {};
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      heldUpdates: 11,
      usage: { reads: 1, writes: 0 },
    });
    expect(await world.run(reconcileRequest)).toMatchObject({ heldUpdates: 11, updated: 0 });
    expect((await world.checkpoint())?.heldUpdates.since).toBe(since);
    expect(world.said('updates_held')).toHaveLength(3);
    expect(await world.run({ ...plainRequest, approvedUpdates: 10 })).toMatchObject({
      updated: 0,
      heldUpdates: 11,
    });
    expect(await world.run({ ...plainRequest, approvedRemovals: 11 })).toMatchObject({
      updated: 0,
      heldUpdates: 11,
    });
    expect(await world.run({ ...plainRequest, approvedUpdates: 11 })).toMatchObject({
      reason: 'updates were approved',
      updated: 11,
      heldUpdates: 0,
    });
    expect(await oldTitles()).toBe(0);
    expect(await world.run()).toMatchObject({ heldUpdates: 0, usage: { writes: 0 } });
  });

  test('are not made by an incremental run either, except with a change of the file', async () => {
    await world.run();
    world.drive.move(ids[0] ?? '', world.drive.addFolder({ name: 's', parent: world.root }).id);
    expect(await world.run()).toMatchObject({ mode: 'incremental', updated: 0, heldUpdates: 11 });
    world.drive.edit(ids[1] ?? '');
    expect(await world.run()).toMatchObject({ mode: 'incremental', updated: 1, heldUpdates: 11 });
    expect(await oldTitles()).toBe(10);
  });

  test('do not change a title that a person corrected', async () => {
    await world.firestore
      .collection('books')
      .doc(ids[3] ?? '')
      .update({ title: 'CORRECTED' });
    await world.run();
    await world.run({ ...plainRequest, approvedUpdates: 11 });
    expect(await world.titles()).toContain('CORRECTED');
  });
});

test('a checkpoint from before this guard is readable, and the run stays idle', async () => {
  world.addBooks(2);
  await world.run();
  const { heldUpdates, ...before } = (await world.checkpoint()) ?? {};
  expect(heldUpdates).toBeNull();
  await world.firestore.collection('sync_state').doc(world.root).set(before);
  expect(await world.run()).toMatchObject({
    mode: 'incremental',
    usage: { driveCalls: 1, reads: 1, writes: 0 },
  });
});
