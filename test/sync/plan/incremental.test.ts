/** An incremental run, on Google's Firestore emulator and the strict Drive. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DRIVE_FAULTS } from '../../../functions/drive-emulator/faults/fault-catalog.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const shelf = (name: string, parent = world.root) => world.drive.addFolder({ name, parent }).id;

describe('what it costs', () => {
  test('idle: 1 Drive call, 1 read, 0 writes, whatever the library', async () => {
    world.addBooks(50, shelf('shelf'));
    await world.run();
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      usage: { driveCalls: 1, driveUnits: 100, reads: 1, writes: 0, deletes: 0, commits: 0 },
    });
  });

  test.each([1, 30, 31, 400])(
    '%i changed books: 1 Drive call, k + 1 reads, k + 1 writes, one commit',
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

  test.each([1, 30, 31])('%i new books: no more reads than k + 1', async (k) => {
    world.addBooks(2);
    await world.run();
    world.addBooks(k);
    expect(await world.run()).toMatchObject({
      added: k,
      usage: { driveCalls: 1, reads: 1 + Math.ceil(k / 30), writes: k + 1, commits: 1 },
    });
  });

  test('noise elsewhere in Drive moves the token and nothing else', async () => {
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
  test('one that comes in is listed with all below it', async () => {
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
  ])('one that is %s makes the run a reconcile, which removes its books', async (_, leave) => {
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

  test('one that moves within the library costs nothing but the token', async () => {
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

  test('a shortcut brings its target in, and takes it out when it goes', async () => {
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
    // Folders that hang together by shortcuts may have lost the root: any change of one is looked at from there.
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

  test('one that was away just while it was listed is listed again', async () => {
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

  test('the root that goes away after it was proven removes nothing', async () => {
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
    'what moves while it is listed, out of sight of the listing, is not removed (%s)',
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
        // A folder: nobody knows what went along, and what was asked for is not done. The event comes again.
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

  test('an empty catalog does not take a root that was away for an empty library', async () => {
    const above = shelf('above', 'root');
    world.drive.move(world.root, above);
    world.addBooks(3);
    world.driveEmulator.faults.onCall(({ method }) => {
      if (method === 'files.list') world.drive.hide(above);
    });
    await expect(world.run()).rejects.toMatchObject({ reason: 'rootNotFound' });
    world.driveEmulator.faults.clear();
    // What is above the library is none of its folders, so nothing in the feed would make a run look again.
    world.drive.show(above);
    expect(await world.run()).toMatchObject({ added: 3 });
  });

  test('a cycle of shortcuts does not keep itself in the library', async () => {
    const outer = shelf('outer');
    world.addBooks(2, outer);
    world.addBooks(2);
    world.drive.addShortcut({ name: 'to itself', parent: outer, target: outer });
    await world.run();
    world.drive.move(outer, 'root');
    expect(await world.run()).toMatchObject({ mode: 'reconcile', removed: 2, books: 2 });
  });
});

describe('what leaves a shared drive and stays in the library by a shortcut', () => {
  let shared: World;
  beforeEach(async () => {
    shared = await openWorld({ sharedDrive: true });
  });
  afterEach(() => shared.close());

  test('a file that a shortcut names', async () => {
    const [lent = ''] = shared.addBooks(1);
    shared.drive.addShortcut({ name: 's', parent: shared.root, target: lent });
    await shared.run();
    shared.drive.move(lent, 'root');
    expect(await shared.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'what a shortcut stands for left the shared drive',
      removed: 0,
      books: 1,
    });
  });

  test('a file that moves to a folder that a shortcut names', async () => {
    const elsewhere = shared.drive.addFolder({ name: 'elsewhere', parent: 'root' }).id;
    shared.drive.addShortcut({ name: 's', parent: shared.root, target: elsewhere });
    const [one = '', other = ''] = shared.addBooks(2);
    await shared.run();
    shared.drive.move(one, elsewhere);
    expect(await shared.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'the feed does not say where a book is',
      removed: 0,
      books: 2,
    });
    shared.drive.delete(other);
    expect(await shared.run()).toMatchObject({ removed: 1, books: 1 });
  });

  test('without shortcuts the feed is believed', async () => {
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
    ['renamed so that it is no book', (id) => world.drive.rename(id, '._Book.pdf'), { removed: 1 }],
  ])('one that is %s', async (_, change, expected) => {
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
    'that Drive gives no checksum of in %s is looked at once more',
    async (method) => {
      await world.run();
      const [id = ''] = world.addBooks(1);
      const { fault } = DRIVE_FAULTS.find(({ name }) => name === 'entry without md5Checksum') ?? {};
      if (!fault) throw new Error('there is no such fault any more');
      const rule = world.driveEmulator.faults.add({ match: { method }, fault, times: 1 });
      await world.run(method === 'files.list' ? reconcileRequest : plainRequest);
      expect(rule.hits).toBe(1);
      expect((await world.books()).get(id)?.md5_checksum).toBe(world.drive.find(id)?.md5());
    },
  );

  test('a book that comes back is restored, with the day it was added', async () => {
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

  test('that seem to go because a folder above the library is away fail the run, and nothing is lost', async () => {
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

  test('an entry that does not say where its file is removes nothing', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    world.drive.edit(id);
    world.driveEmulator.faults.add({
      match: { method: 'changes.list' },
      fault: { kind: 'dropFields', fields: ['parents'] },
    });
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'the feed does not say where a book is',
      removed: 0,
      updated: 1,
    });
  });
});

describe('when the feed cannot tell, everything is compared', () => {
  test.each<[string, () => Promise<unknown> | unknown, string]>([
    [
      'a token that Drive rejects',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'status', status: 400 },
        }),
      'Drive no longer takes the token of the changes feed',
    ],
    [
      'a token that is gone',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'status', status: 410 },
        }),
      'Drive no longer takes the token of the changes feed',
    ],
    [
      'half an entry',
      () =>
        world.driveEmulator.faults.add({
          match: { method: 'changes.list' },
          fault: { kind: 'dropFields', fields: ['name'], entry: 2 },
        }),
      'an entry of the changes feed is incomplete',
    ],
    [
      'a checkpoint of another program',
      () => state().set({ hello: 'world' }),
      'the checkpoint is unreadable',
    ],
    ['a lost checkpoint', () => state().delete(), 'the first run'],
    ['older rules', () => state().update({ rules: 0 }), 'the rules for metadata changed'],
    [
      'a reconcile of long ago',
      () => state().update({ reconciledAt: '2020-01-01T00:00:00.000Z' }),
      'the last one is too long ago',
    ],
    [
      'a reconcile in the future',
      () => state().update({ reconciledAt: '2099-01-01T00:00:00.000Z' }),
      'the last one is too long ago',
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

  test('other settings', async () => {
    world.addBooks(1);
    await world.run();
    expect(await world.run(plainRequest, { removals: 'delete' })).toMatchObject({
      mode: 'reconcile',
      reason: 'the settings changed',
    });
  });

  test('more folders than one document holds: no feed, but right', async () => {
    world.addBooks(1);
    await world.run();
    const { folders } = (await world.checkpoint()) as { folders: string[] };
    expect(folders).toEqual([world.root]);
    await state().update({ pageToken: null, folders: [] });
    world.drive.rename([...(await world.books()).keys()][0] ?? '', 'New - Ann Author (2001).pdf');
    expect(await world.run()).toMatchObject({
      mode: 'reconcile',
      reason: 'no reconcile has come to its end',
      updated: 1,
    });
  });
});

describe('more than one run', () => {
  test('two at once on an empty catalog: each book once', async () => {
    world.addBooks(30);
    const outcomes = await Promise.all([world.run(), world.run()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['completed', 'completed']);
    expect((await world.books()).size).toBe(30);
    expect(world.said('book_added')).toHaveLength(30);
  });

  test('one that read too early writes nothing of it', async () => {
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

  test('a commit whose answer is lost was made, once', async () => {
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
  test('keeps what it wrote; a library of any size is finished over several', async () => {
    world.addBooks(1_300);
    const kinds: string[] = [];
    for (let runs = 0; runs < 10; runs++) {
      // 400 documents at 400 a second: one batch a second, and time for one of them.
      const outcome = await world
        .run(plainRequest, { runSeconds: 3, writesPerSecond: 250 })
        .catch(() => ({ kind: 'failed' }));
      kinds.push(outcome.kind);
      // What is written counts at once, though the rest is another run's.
      expect(await world.checkpoint()).toMatchObject({ books: (await world.books()).size });
      if (outcome.kind === 'completed') break;
    }
    expect(kinds.at(-1)).toBe('completed');
    expect(kinds.filter((kind) => kind === 'continues').length).toBeGreaterThan(0);
    expect((await world.books()).size).toBe(1_300);
    expect(world.said('book_added')).toHaveLength(1_300);
  });

  test('counts what it wrote, though the rest is another run’s', async () => {
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

  test('and could not write anything says so, and what to do', async () => {
    world.addBooks(1);
    world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault: { kind: 'hang' }, times: 100 });
    await expect(world.run(plainRequest, { runSeconds: 1 })).rejects.toMatchObject({
      name: 'RunTimeoutError',
      reason: 'outOfTime',
      retryable: false,
    });
  });
});

/** As if the last listing were long past: a folder's entry then is a change of now, not one that the listing met. */
async function settle(): Promise<void> {
  await state().update({ listedUntil: '2020-01-01T00:00:00.000Z' });
}

function state() {
  return world.firestore.collection('sync_state').doc(world.root);
}
