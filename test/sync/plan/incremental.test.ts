/** An incremental run, tested with Google's Firestore emulator and the Drive emulator. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { driveFaults } from '../../../functions/drive-emulator/faults/fault-catalog.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const shelf = (name: string, parent = world.root) => world.drive.addFolder({ name, parent }).id;

describe('the cost of an incremental run', () => {
  test('is 1 Drive call, 1 read and 0 writes if the run is idle, whatever the size of the library', async () => {
    world.addBooks(50, shelf('shelf'));
    await world.run();
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      usage: { driveCalls: 1, driveUnits: 100, reads: 1, writes: 0, deletes: 0, commits: 0 },
    });
  });

  test.each([1, 30, 31, 400])(
    'is 1 Drive call, k + 1 reads and k + 1 writes in one commit for k = %i changed books',
    async (k) => {
      const ids = world.addBooks(k);
      await world.run();
      for (const id of ids) world.drive.edit(id);
      expect(await world.run()).toMatchObject({
        mode: 'incremental',
        updated: k,
        usage: { driveCalls: 1, reads: k + 1, writes: k + 1, commits: 1 },
      });
    },
  );

  test.each([1, 30, 31])('is at most k + 1 reads for k = %i new books', async (k) => {
    world.addBooks(2);
    await world.run();
    world.addBooks(k);
    expect(await world.run()).toMatchObject({
      added: k,
      usage: { driveCalls: 1, reads: 1 + Math.ceil(k / 30), writes: k + 1, commits: 1 },
    });
  });

  test('is one write, of the new page token, if only files outside the library changed', async () => {
    world.addBooks(2);
    await world.run();
    const elsewhere = shelf('elsewhere', 'root');
    world.addBooks(3, elsewhere);
    expect(await world.run()).toMatchObject({
      added: 0,
      updated: 0,
      removed: 0,
      usage: { driveCalls: 1, reads: 2, writes: 1 },
    });
    expect(await world.run()).toMatchObject({ usage: { reads: 1, writes: 0 } });
  });
});

describe('folders', () => {
  test('a folder that enters the library is listed with everything below it', async () => {
    world.addBooks(1);
    await world.run();
    const outer = shelf('outer', 'root');
    world.addBooks(3, shelf('inner', outer));
    await world.run();
    expect(await world.titles()).toHaveLength(1);
    world.drive.move(outer, world.root);
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 3, usage: { driveCalls: 3 } });
  });

  test.each<[string, (id: string) => void]>([
    ['moved out', (id) => world.drive.move(id, 'root')],
    ['trashed', (id) => world.drive.trash(id)],
    ['deleted', (id) => world.drive.delete(id)],
    ['hidden', (id) => world.drive.hide(id)],
  ])('a folder that is %s makes the run a reconcile, which removes its books', async (_, leave) => {
    world.addBooks(2);
    const outer = shelf('outer');
    world.addBooks(3, shelf('inner', outer));
    await world.run();
    leave(outer);
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'a folder left the library',
      removed: 3,
      books: 2,
    });
  });

  test('a folder that moves within the library costs only the write of the page token', async () => {
    const [a, b] = [shelf('a'), shelf('b')];
    world.addBooks(3, a);
    await world.run();
    await settle();
    world.drive.move(a, b);
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      updated: 0,
      usage: { driveCalls: 1, reads: 1, writes: 1 },
    });
    expect(await world.run(reconcileRequest)).toMatchObject({ added: 0, updated: 0, removed: 0 });
  });

  test('the target of a shortcut is added with the shortcut and removed with it', async () => {
    const elsewhere = shelf('elsewhere', 'root');
    world.addBooks(2, elsewhere);
    const [lent = ''] = world.addBooks(1, 'root');
    await world.run();
    const shortcuts = [elsewhere, lent].map(
      (target) => world.drive.addShortcut({ name: 's', parent: world.root, target }).id,
    );
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 3 });
    world.drive.edit(lent);
    world.addBooks(1, elsewhere);
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 1, updated: 1 });
    // Folders that are linked only by shortcuts may have lost their path to the root, so any change of one makes
    // the run list from the root.
    world.drive.rename(elsewhere, 'renamed');
    expect(await world.run()).toMatchObject({ mode: 'reconcile', added: 0, updated: 0, removed: 0 });
    world.drive.trash(shortcuts[0] ?? '');
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'a shortcut left the library',
      removed: 3,
    });
    expect(await world.titles()).toEqual(['Book 0']);
  });

  test('a folder that was inaccessible only while it was listed is listed again', async () => {
    const a = shelf('a');
    world.addBooks(3, a);
    world.driveEmulator.faults.onCall(({ method, params }) => {
      if (method === 'files.list' && params.get('q')?.includes(a)) world.drive.hide(a);
    });
    expect(await world.run()).toMatchObject({ added: 0 });
    world.driveEmulator.faults.clear();
    world.drive.show(a);
    expect(await world.run()).toMatchObject({ mode: 'reconcile', added: 3 });
  });

  test('nothing is removed if the root becomes inaccessible after it was verified', async () => {
    world.addBooks(3);
    await world.run();
    world.driveEmulator.faults.onCall(({ method }) => {
      if (method === 'files.list') world.drive.hide(world.root);
    });
    await expect(world.run(reconcileRequest)).rejects.toMatchObject({ reason: 'rootNotFound' });
    world.driveEmulator.faults.clear();
    world.drive.show(world.root);
    expect(await world.run()).toMatchObject({ removed: 0, books: 3 });
  });

  test.each(['mark', 'delete'] as const)(
    'a file or folder that the listing misses because it moves meanwhile is not removed (REMOVALS=%s)',
    async (removals) => {
      const a = shelf('a');
      const [file = ''] = world.addBooks(1, a);
      const inner = shelf('inner', a);
      const [deep = ''] = world.addBooks(1, inner);
      const [gone = ''] = world.addBooks(2);
      await world.run(plainRequest, { removals });
      world.drive.trash(gone);
      for (const moves of [file, inner]) {
        let hasMoved = false;
        world.driveEmulator.faults.onCall(({ method, params }) => {
          if (hasMoved || method !== 'files.list' || !params.get('q')?.includes(a)) return;
          hasMoved = true;
          world.drive.move(moves, world.root);
        });
        const run = world.run(reconcileRequest, { removals });
        // With a folder, it is unknown what moved along, so the request is not fulfilled and the message is
        // redelivered.
        if (moves === file) expect(await run).toMatchObject({ removed: 1 });
        else await expect(run).rejects.toMatchObject({ reason: 'folderMoved', retryable: true });
        world.driveEmulator.faults.clear();
        const books = await world.books();
        for (const id of [file, deep]) expect(books.get(id)).not.toHaveProperty('removed_date');
        expect(books.has(file) && books.has(deep)).toBe(true);
        await world.run(plainRequest, { removals });
        await world.run(plainRequest, { removals });
      }
      expect(await world.titles()).toHaveLength(3);
      expect(await world.run(reconcileRequest, { removals })).toMatchObject({
        added: 0,
        removed: 0,
        restored: 0,
      });
    },
  );

  test('a first run does not mistake a root that became inaccessible for an empty library', async () => {
    const above = shelf('above', 'root');
    world.drive.move(world.root, above);
    world.addBooks(3);
    world.driveEmulator.faults.onCall(({ method }) => {
      if (method === 'files.list') world.drive.hide(above);
    });
    await expect(world.run()).rejects.toMatchObject({ reason: 'rootNotFound' });
    world.driveEmulator.faults.clear();
    // The folder above the library is not part of the library, so no entry of the feed would make a run list again.
    world.drive.show(above);
    expect(await world.run()).toMatchObject({ added: 3 });
  });

  test('a cycle of shortcuts that left the root is removed', async () => {
    const outer = shelf('outer');
    world.addBooks(2, outer);
    world.addBooks(2);
    world.drive.addShortcut({ name: 'to itself', parent: outer, target: outer });
    await world.run();
    world.drive.move(outer, 'root');
    expect(await world.run()).toMatchObject({ mode: 'reconcile', removed: 2, books: 2 });
  });
});

describe('a file that leaves a shared drive', () => {
  let shared: World;
  beforeEach(async () => {
    shared = await openWorld({ sharedDrive: true });
  });
  afterEach(() => shared.close());

  test('stays in the catalog if it is the target of a shortcut in the library', async () => {
    const [lent = ''] = shared.addBooks(1);
    shared.drive.addShortcut({ name: 's', parent: shared.root, target: lent });
    await shared.run();
    shared.drive.move(lent, 'root');
    expect(await shared.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'the target of a shortcut left the shared drive',
      removed: 0,
      books: 1,
    });
  });

  test('stays in the catalog if it moves to a folder that is the target of a shortcut in the library', async () => {
    const elsewhere = shared.drive.addFolder({ name: 'elsewhere', parent: 'root' }).id;
    shared.drive.addShortcut({ name: 's', parent: shared.root, target: elsewhere });
    const [one = '', other = ''] = shared.addBooks(2);
    await shared.run();
    shared.drive.move(one, elsewhere);
    expect(await shared.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'the changes feed does not say where a book is',
      removed: 0,
      books: 2,
    });
    shared.drive.delete(other);
    expect(await shared.run()).toMatchObject({ removed: 1, books: 1 });
  });

  test('is removed without a reconcile if the library has no shortcuts', async () => {
    const [one = ''] = shared.addBooks(2);
    await shared.run();
    shared.drive.move(one, 'root');
    expect(await shared.run()).toMatchObject({ mode: 'incremental', removed: 1, books: 1 });
  });
});

describe('files', () => {
  test.each<[string, (id: string) => void, object]>([
    ['renamed', (id) => world.drive.rename(id, 'New - Ann Author (2001).pdf'), { updated: 1 }],
    ['given other content', (id) => world.drive.edit(id), { updated: 1 }],
    ['moved within', (id) => world.drive.move(id, shelf('s')), { updated: 0, removed: 0 }],
    ['moved out', (id) => world.drive.move(id, 'root'), { removed: 1 }],
    ['trashed', (id) => world.drive.trash(id), { removed: 1 }],
    ['deleted', (id) => world.drive.delete(id), { removed: 1 }],
    ['renamed so that it is no longer a book', (id) => world.drive.rename(id, '._Book.pdf'), { removed: 1 }],
  ])('a file that is %s is handled by an incremental run', async (_, change, expected) => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    change(id);
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 0, restored: 0, ...expected });
    expect(await world.run(reconcileRequest)).toMatchObject({
      added: 0,
      updated: 0,
      removed: 0,
      restored: 0,
    });
  });

  test.each(['files.list', 'changes.list'] as const)(
    'a file without a checksum in %s is fetched once more',
    async (method) => {
      await world.run();
      const [id = ''] = world.addBooks(1);
      const { fault } = driveFaults.find(({ name }) => name === 'entry without md5Checksum') ?? {};
      if (!fault) throw new Error('this fault no longer exists');
      const rule = world.driveEmulator.faults.add({ match: { method }, fault, times: 1 });
      await world.run(method === 'files.list' ? reconcileRequest : plainRequest);
      expect(rule.hits).toBe(1);
      expect((await world.books()).get(id)?.md5_checksum).toBe(world.drive.find(id)?.md5());
    },
  );

  test('a book that comes back is restored with its original added_date', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    const added = (await world.books()).get(id)?.added_date;
    world.drive.trash(id);
    await world.run();
    world.drive.untrash(id);
    expect(await world.run()).toMatchObject({ restored: 1, books: 2 });
    expect(world.said('book_restored')).toEqual(['Restored book: Book 0']);
    expect((await world.books()).get(id)).toMatchObject({ added_date: added });
  });

  test('the run fails and removes nothing if files seem gone because a folder above the library is inaccessible', async () => {
    const above = shelf('above', 'root');
    world.drive.move(world.root, above);
    const [changed = ''] = world.addBooks(2);
    await world.run();
    world.drive.hide(above);
    world.drive.rename(changed, 'New - Ann Author (2001).pdf');
    world.drive.addFile({ name: 'Late - Ann Author (2001).pdf', parent: world.root });
    await expect(world.run()).rejects.toMatchObject({ reason: 'rootNotFound' });
    expect(await world.titles()).toEqual(['Book 0', 'Book 1']);
    world.drive.show(above);
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 1, updated: 1, removed: 0 });
  });

  test('an entry without the parents of its file removes nothing', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    world.drive.edit(id);
    world.driveEmulator.faults.add({
      match: { method: 'changes.list' },
      fault: { kind: 'dropFields', fields: ['parents'] },
    });
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'the changes feed does not say where a book is',
      removed: 0,
      updated: 1,
    });
  });
});

describe('a run reconciles', () => {
  test.each<[string, () => Promise<unknown> | unknown, string]>([
    [
      'after Drive rejects the page token',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'status', status: 400 },
        }),
      'Drive rejected the page token of the changes feed',
    ],
    [
      'after the page token expires',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'status', status: 410 },
        }),
      'Drive rejected the page token of the changes feed',
    ],
    [
      'after an incomplete entry',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'dropFields', fields: ['name'], entry: 2 },
        }),
      'an entry of the changes feed is incomplete',
    ],
    [
      'if another program wrote the checkpoint',
      () => state().set({ hello: 'world' }),
      'the checkpoint is unreadable',
    ],
    ['if the checkpoint is lost', () => state().delete(), 'first run'],
    [
      'if the catalog was made by older rules',
      () => state().update({ rules: 0 }),
      'the metadata rules changed',
    ],
    [
      'if the last reconcile was long ago',
      () => state().update({ reconciledAt: '2020-01-01T00:00:00.000Z' }),
      'scheduled reconcile is due',
    ],
    [
      'if the last reconcile is in the future',
      () => state().update({ reconciledAt: '2099-01-01T00:00:00.000Z' }),
      'scheduled reconcile is due',
    ],
  ])('%s', async (_, spoil, reason) => {
    const [gone = ''] = world.addBooks(3);
    await world.run();
    world.drive.delete(gone);
    world.addBooks(1);
    await spoil();
    expect(await world.run()).toMatchObject({ mode: 'reconcile', reason, added: 1, removed: 1 });
    expect(await world.run()).toMatchObject({ mode: 'incremental', usage: { writes: 0 } });
  });

  test('if the settings changed', async () => {
    world.addBooks(1);
    await world.run();
    expect(await world.run(plainRequest, { removals: 'delete' })).toMatchObject({
      mode: 'reconcile',
      reason: 'the settings changed',
    });
  });

  test('if the checkpoint has no page token because the folders do not fit in one document', async () => {
    world.addBooks(1);
    await world.run();
    const { folders } = (await world.checkpoint()) as { folders: string[] };
    expect(folders).toEqual([world.root]);
    await state().update({ pageToken: null, folders: [] });
    world.drive.rename([...(await world.books()).keys()][0] ?? '', 'New - Ann Author (2001).pdf');
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'no reconcile has completed yet',
      updated: 1,
    });
  });
});

describe('overlapping runs', () => {
  test('two runs at once on an empty catalog add each book once', async () => {
    world.addBooks(30);
    const outcomes = await Promise.all([world.run(), world.run()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['completed', 'completed']);
    expect((await world.books()).size).toBe(30);
    expect(world.said('book_added')).toHaveLength(30);
  });

  test('a run whose reads are outdated writes nothing based on them', async () => {
    const [id = ''] = world.addBooks(3);
    await world.run();
    world.drive.rename(id, 'Early - Ann Author (2001).pdf');
    // While the first run is about to commit, the file is renamed again and a second run writes that.
    let second: Promise<unknown> | undefined;
    world.judge = async ({ method }) => {
      if (method !== 'Commit' || second) return 'pass' as const;
      world.drive.rename(id, 'Late - Ann Author (2001).pdf');
      second = world.run();
      await second;
      return 'pass' as const;
    };
    await world.run();
    expect(world.said('run_overtaken')).toHaveLength(1);
    expect((await world.books()).get(id)).toMatchObject({ title: 'Late' });
    expect(await world.run()).toMatchObject({ usage: { writes: 0 } });
  });

  test('a commit whose response is lost takes effect once', async () => {
    world.addBooks(5);
    let cut = 0;
    world.judge = ({ method }) => (method === 'Commit' && cut++ === 0 ? 'cutAfter' : 'pass');
    expect(await world.run()).toMatchObject({ kind: 'completed', added: 5 });
    expect(cut).toBeGreaterThan(1);
    expect((await world.books()).size).toBe(5);
    expect(await world.run()).toMatchObject({ mode: 'incremental', usage: { writes: 0 } });
  });
});

describe('a run that is out of time', () => {
  test('keeps what it wrote, so that several runs finish a library of any size', async () => {
    world.addBooks(1_300);
    const kinds: string[] = [];
    for (let runs = 0; runs < 10; runs++) {
      // At 250 writes per second a batch of 400 documents takes 1.6 s, so a run of 3 s has time for one batch.
      const outcome = await world
        .run(plainRequest, { runSeconds: 3, writesPerSecond: 250 })
        .catch(() => ({ kind: 'failed' }));
      kinds.push(outcome.kind);
      // The checkpoint counts what is written at once, although the rest is left to another run.
      expect(await world.checkpoint()).toMatchObject({ books: (await world.books()).size });
      if (outcome.kind === 'completed') break;
    }
    expect(kinds.at(-1)).toBe('completed');
    expect(kinds.filter((kind) => kind === 'continues').length).toBeGreaterThan(0);
    expect((await world.books()).size).toBe(1_300);
    expect(world.said('book_added')).toHaveLength(1_300);
  });

  test('counts what it wrote, also if it fails between two batches', async () => {
    world.addBooks(3);
    await world.run();
    world.addBooks(420);
    let commits = 0;
    world.judge = ({ method }) =>
      method === 'Commit' && ++commits === 2 ? { grpcStatus: 7, message: 'No.' } : 'pass';
    await expect(world.run()).rejects.toMatchObject({ reason: 'permissionDenied' });
    expect(await world.checkpoint()).toMatchObject({ books: 403 });
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 20, books: 423 });
  });

  test('before it could write anything fails with RunTimeoutError', async () => {
    world.addBooks(1);
    world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault: { kind: 'hang' }, times: 100 });
    await expect(world.run(plainRequest, { runSeconds: 1 })).rejects.toMatchObject({
      name: 'RunTimeoutError',
      reason: 'outOfTime',
      retryable: false,
    });
  });
});

/**
 * Makes the last listing look long past, so that a folder's entry in the feed counts as a change after the listing.
 */
async function settle(): Promise<void> {
  await state().update({ listedUntil: '2020-01-01T00:00:00.000Z' });
}

function state() {
  return world.firestore.collection('sync_state').doc(world.root);
}
