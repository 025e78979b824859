/** The run history, tested with Google's Firestore emulator: the record for each outcome of a run, and its cost. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../functions/sync/catalog/run-record.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const runs = async () => ((await world.checkpoint())?.runs ?? []) as RunRecord[];
const state = () => world.firestore.collection('sync_state').doc(world.root);

/** Makes Drive refuse every call to a method, by default because of the daily limit. */
function refuse(method: 'changes.list' | 'files.list' = 'changes.list', reason = 'dailyLimitExceeded'): void {
  const fault = { kind: 'status', status: 403, reason } as const;
  world.driveEmulator.faults.add({ match: { method }, fault, times: Infinity });
}

describe('a run that completes', () => {
  test('writes one record with its last batch, with the same values as its log line', async () => {
    world.addBooks(2);
    world.drive.addFile({ name: 'untitled scan.pdf', parent: world.root });
    const outcome = await world.run();
    const [record, ...others] = await runs();
    expect(others).toEqual([]);
    if (outcome.kind !== 'completed') throw new Error(outcome.kind);
    const { driveUnits: _, ...cost } = outcome.usage;
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
      began: expect.stringMatching(/Z$/),
      mode: 'reconcile',
      reason: 'first run',
      outcome: 'completed',
      counts: { added: 3, updated: 0, removed: 0, restored: 0, held: 0, parseProblems: 1 },
      cost,
      durationMs: expect.any(Number),
      problems: ['untitled scan.pdf'],
      failure: null,
      times: 1,
      last: record?.began,
    });
    expect(record?.durationMs).toBeLessThanOrEqual(outcome.durationMs);
  });

  test('in several batches writes one record with the total cost', async () => {
    world.addBooks(950);
    const outcome = await world.run();
    if (outcome.kind !== 'completed') throw new Error(outcome.kind);
    const { driveUnits: _, ...cost } = outcome.usage;
    expect(await runs()).toMatchObject([{ outcome: 'completed', counts: { added: 950 }, cost }]);
    expect(cost).toMatchObject({ writes: 953, commits: 3 });
  });

  test('counts deleted documents as deletes', async () => {
    const [gone = ''] = world.addBooks(3);
    await world.run(plainRequest, { removals: 'delete' });
    world.drive.delete(gone);
    await world.run(plainRequest, { removals: 'delete' });
    expect((await runs())[0]).toMatchObject({
      counts: { removed: 1 },
      cost: { writes: 1, deletes: 1, commits: 1 },
    });
  });

  test('records how many removals it held', async () => {
    const ids = world.addBooks(30);
    await world.run();
    for (const id of ids.slice(0, 12)) world.drive.delete(id);
    await world.run();
    expect((await runs())[0]).toMatchObject({ mode: 'reconcile', counts: { removed: 0, held: 12 } });
  });

  test('without changes writes nothing, whatever the history contains', async () => {
    world.addBooks(2);
    await world.run();
    refuse();
    await world.run().catch(() => undefined);
    world.driveEmulator.faults.clear();
    const before = await runs();
    expect(before).toHaveLength(2);
    expect(await world.run()).toMatchObject({
      usage: { driveCalls: 1, reads: 1, writes: 0, deletes: 0, commits: 0 },
    });
    expect(await runs()).toEqual(before);
  });

  test('with k changed books makes k + 1 writes in one commit, even with a full history', async () => {
    const ids = world.addBooks(3);
    await world.run();
    for (let run = 0; run < 22; run++) {
      for (const id of ids) world.drive.edit(id);
      expect(await world.run()).toMatchObject({
        updated: 3,
        usage: { driveCalls: 1, reads: 4, writes: 4, commits: 1 },
      });
    }
    expect(await runs()).toHaveLength(20);
  });

  test('and changes only the page token shares one record with other such runs in a row', async () => {
    world.addBooks(1);
    await world.run();
    const elsewhere = world.drive.addFolder({ name: 'elsewhere', parent: 'root' }).id;
    for (let run = 0; run < 3; run++) {
      world.addBooks(1, elsewhere);
      await world.run();
    }
    expect(await runs()).toMatchObject([{ counts: { added: 0 }, times: 3 }, { counts: { added: 1 } }]);
  });
});

describe('a run that does not finish', () => {
  test('writes its record with each batch, and the next run writes its own', async () => {
    world.addBooks(900);
    let commits = 0;
    world.judge = ({ method }) => (method === 'Commit' && ++commits > 1 ? 'stall' : 'pass');
    expect(await world.run(plainRequest, { runSeconds: 6 })).toMatchObject({ kind: 'continues' });
    world.judge = undefined;
    const [record] = await runs();
    expect(record).toMatchObject({ outcome: 'continues', failure: null });
    expect(record).toMatchObject({ counts: { added: 400 }, cost: { writes: 401, commits: 1 } });
    expect((await world.books()).size).toBe(400);
    await world.run();
    expect(await runs()).toMatchObject([{ outcome: 'completed' }, { id: record?.id, outcome: 'continues' }]);
  });

  test('because it fails between two batches is recorded as failed, with what it wrote', async () => {
    world.addBooks(900);
    await world.run();
    for (const id of (await world.books()).keys()) world.drive.edit(id);
    // Another program writes to a document of the second batch again and again.
    let commits = 0;
    const [victim = ''] = [...(await world.books()).keys()].slice(-1);
    world.judge = async ({ method }) => {
      if (method === 'Commit') commits += 1;
      if (method === 'Commit' && commits >= 2)
        for (const document of (await world.books()).keys())
          if (document === victim)
            await world.firestore.collection('books').doc(document).update({ note: commits });
      return 'pass' as const;
    };
    await expect(world.run(reconcileRequest)).rejects.toMatchObject({ reason: 'conflict' });
    world.judge = undefined;
    const [record, before] = await runs();
    expect(record).toMatchObject({
      outcome: 'failed',
      failure: { class: 'CatalogError', reason: 'conflict' },
      counts: { updated: expect.any(Number) },
    });
    expect(record?.counts.updated).toBeGreaterThanOrEqual(400);
    expect(before).toMatchObject({ outcome: 'completed', counts: { added: 900 } });
  });
});

describe('a run that fails', () => {
  test('writes only its record, in one write, and leaves the rest of the checkpoint unchanged', async () => {
    world.addBooks(2);
    await world.run();
    const { runs: _, writer: __, ...before } = (await world.checkpoint()) ?? {};
    refuse();
    await expect(world.run()).rejects.toMatchObject({ reason: 'dailyLimitExceeded' });
    const { runs: ___, writer: ____, ...after } = (await world.checkpoint()) ?? {};
    expect(after).toEqual(before);
    const [record] = await runs();
    expect(record).toMatchObject({
      mode: 'incremental',
      outcome: 'failed',
      cost: { driveCalls: 1, reads: 1, writes: 1, commits: 1 },
      failure: {
        class: 'DriveScanError',
        reason: 'dailyLimitExceeded',
        message: expect.stringContaining('dailyLimitExceeded'),
        hint: expect.stringMatching(/\w/),
      },
    });
    expect(world.logs.at(-1)).toMatchObject({ event: 'run_failed', writes: 1, commits: 1 });
  });

  test('repeatedly shares one record, and older records stay', async () => {
    world.addBooks(2);
    await world.run();
    refuse();
    for (let run = 0; run < 5; run++) await world.run().catch(() => undefined);
    const [failed, completed, ...others] = await runs();
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ outcome: 'failed', times: 5 });
    expect(Date.parse(failed?.last ?? '')).toBeGreaterThan(Date.parse(failed?.began ?? ''));
    expect(completed).toMatchObject({ outcome: 'completed', counts: { added: 2 } });
  });

  test('because of an incomplete listing is recorded with the batch of its books, without an extra write', async () => {
    await world.run();
    const folders = ['a', 'b'].map((name) => world.drive.addFolder({ name, parent: world.root }).id);
    for (const folder of folders) world.addBooks(2, folder);
    world.driveEmulator.faults.add({
      match: { method: 'files.list', call: 2 },
      fault: { kind: 'incompleteSearch' },
    });
    await world.run(reconcileRequest).catch(() => undefined);
    const [record] = await runs();
    if (!record) throw new Error('no record');
    const added = (await world.books()).size;
    expect(record).toMatchObject({
      outcome: 'failed',
      counts: { added },
      cost: { writes: added + 1, commits: 1 },
    });
    expect(world.logs.at(-1)).toMatchObject({ event: 'run_failed', writes: added + 1 });
  });

  test('because its scheduled reconcile failed is recorded with the feed’s changes, without an extra write', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    await state().update({ reconciledAt: '2020-01-01T00:00:00.000Z' });
    world.drive.edit(id);
    refuse('files.list', 'rateLimitExceeded');
    await expect(world.run()).rejects.toMatchObject({ reason: 'rateLimitExceeded' });
    expect((await runs())[0]).toMatchObject({
      mode: 'incremental',
      outcome: 'failed',
      counts: { updated: 1 },
      failure: { class: 'DriveScanError' },
      cost: { writes: 2, commits: 1 },
    });
    expect(world.logs.at(-1)).toMatchObject({ event: 'run_failed', writes: 2, commits: 1 });
  });

  test('writes a record without any secret of the settings', async () => {
    world.addBooks(1);
    await world.run();
    world.driveEmulator.faults.add({
      match: { method: 'changes.list' },
      fault: { kind: 'status', status: 403, reason: '1//refresh-token-of-the-test' },
      times: Infinity,
    });
    await world.run().catch(() => undefined);
    expect((await runs())[0]).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(await runs())).toContain('[redacted]');
    expect(JSON.stringify(await runs())).not.toContain('refresh-token-of-the-test');
  });

  test.each<[string, () => unknown]>([
    ['there is no checkpoint', () => state().delete()],
    ['another program wrote the checkpoint', () => state().set({ hello: 'world' })],
  ])('writes nothing if %s', async (_, spoil) => {
    world.addBooks(1);
    await world.run();
    await spoil();
    const before = await world.checkpoint();
    refuse('files.list');
    await expect(world.run()).rejects.toMatchObject({ reason: 'dailyLimitExceeded' });
    expect(await world.checkpoint()).toEqual(before);
  });

  test('because of a Firestore error makes no further Firestore call', async () => {
    const [id = ''] = world.addBooks(1);
    await world.run();
    world.drive.edit(id);
    let commits = 0;
    world.judge = ({ method }) => {
      if (method !== 'Commit') return 'pass' as const;
      commits += 1;
      return { grpcStatus: 7, message: 'no' };
    };
    await expect(world.run()).rejects.toMatchObject({ reason: 'permissionDenied' });
    expect(commits).toBe(1);
  });

  test('reports the original error if its record cannot be written, which is attempted once', async () => {
    world.addBooks(1);
    await world.run();
    refuse();
    let commits = 0;
    world.judge = ({ method }) => {
      if (method !== 'Commit') return 'pass' as const;
      commits += 1;
      return { grpcStatus: 14 };
    };
    await expect(world.run()).rejects.toMatchObject({ reason: 'dailyLimitExceeded' });
    expect(commits).toBe(1);
    expect(world.logs.at(-1)).toMatchObject({ event: 'run_failed', reason: 'dailyLimitExceeded', writes: 0 });
    expect(await runs()).toHaveLength(1);
  });
});

describe('overlapping runs', () => {
  test('a run that fails does not overwrite what another run wrote in the meantime', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    world.drive.rename(id, 'New - Ann Author (2001).pdf');
    const fault = { kind: 'status', status: 403, reason: 'dailyLimitExceeded' } as const;
    world.driveEmulator.faults.add({ match: { method: 'changes.list' }, fault, times: 1 });
    let second: Promise<unknown> | undefined;
    // The record of the failed run is about to be written.
    world.judge = async ({ method }) => {
      if (method !== 'Commit' || second) return 'pass' as const;
      second = world.run();
      await second;
      return 'pass' as const;
    };
    await expect(world.run()).rejects.toMatchObject({ reason: 'dailyLimitExceeded' });
    expect(await second).toMatchObject({ kind: 'completed', updated: 1 });
    expect(await runs()).toMatchObject([
      { outcome: 'completed', counts: { updated: 1 } },
      { counts: { added: 2 } },
    ]);
  });

  test('a run does not mistake a record that another run writes between two batches for its own commit', async () => {
    const ids = world.addBooks(450);
    await world.run();
    for (const id of ids) world.drive.edit(id);
    let commits = 0;
    world.judge = async ({ method }) => {
      if (method !== 'Commit') return 'pass' as const;
      commits += 1;
      if (commits !== 2) return 'pass' as const;
      refuse();
      await world.run().catch(() => undefined);
      world.driveEmulator.faults.clear();
      return 'pass' as const;
    };
    expect(await world.run()).toMatchObject({ kind: 'completed', updated: 450 });
    expect(world.said('run_overtaken')).toHaveLength(1);
    expect(world.said('book_updated')).toHaveLength(450);
    const [record, failed, first] = await runs();
    expect(record).toMatchObject({ outcome: 'completed', counts: { updated: 450 } });
    expect(failed).toMatchObject({ outcome: 'failed' });
    expect(first).toMatchObject({ counts: { added: 450 } });
    // Every book was actually written.
    const { updated } = (await world.run(reconcileRequest)) as { updated: number };
    expect(updated).toBe(0);
  });

  test('each run writes its own record', async () => {
    world.addBooks(30);
    await Promise.all([world.run(), world.run()]);
    const left = await runs();
    expect(new Set(left.map(({ id }) => id)).size).toBe(left.length);
    expect(left.at(-1)).toMatchObject({ outcome: 'completed', counts: { added: 30 } });
  });
});

test('an unreadable history is dropped, and nothing else is lost', async () => {
  const [id = ''] = world.addBooks(2);
  await world.run();
  await state().update({ runs: [{ odd: true }] });
  expect(await world.run()).toMatchObject({ mode: 'incremental', usage: { writes: 0 } });
  world.drive.edit(id);
  expect(await world.run()).toMatchObject({ mode: 'incremental', updated: 1 });
  expect(await runs()).toMatchObject([{ counts: { updated: 1 } }]);
});
