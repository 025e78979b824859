/** A reconcile, tested with Google's Firestore emulator and the Drive emulator. */
import { Timestamp } from 'firebase-admin/firestore';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunRequest } from '../../../functions/sync/trigger/event.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World, type WorldOptions } from '../../support/world.ts';

let world: World;
async function open(options: WorldOptions = {}): Promise<World> {
  await world?.close();
  world = await openWorld(options);
  return world;
}
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

describe('listing the library', () => {
  test.each([false, true])(
    'adds each book of every subfolder and page once (shared drive: %s)',
    async (sharedDrive) => {
      await open({ sharedDrive });
      Object.assign(world.driveEmulator.behavior, { shortPages: [3, 0, 2] });
      const deep = world.drive.addFolder({
        name: 'b',
        parent: world.drive.addFolder({ name: 'a', parent: world.root }).id,
      });
      world.addBooks(7);
      world.addBooks(5, deep.id);
      world.drive.addFile({ name: 'cover.png', mimeType: 'image/png', parent: deep.id });
      world.drive.addFile({
        name: 'Notes',
        mimeType: 'application/vnd.google-apps.document',
        parent: deep.id,
      });
      await world.run();
      expect((await world.books()).size).toBe(12);
      expect(world.said('parse_error')).toEqual([]);
      expect(world.said('book_added')).toHaveLength(12);
    },
  );

  test('follows each shortcut to its target once, ends cycles, and warns about a broken shortcut', async () => {
    const { drive, root } = world;
    const outside = drive.addFolder({ name: 'Elsewhere', parent: 'root' });
    const lent = drive.addFile({ name: 'Emma - Jane Austen.pdf', parent: outside.id });
    const inner = drive.addFolder({ name: 'inner', parent: root });
    drive.addFile({ name: 'Dune - Frank Herbert.pdf', parent: inner.id });
    drive.addShortcut({ name: 'to a file', parent: root, target: lent.id });
    drive.addShortcut({ name: 'to the same file', parent: inner.id, target: lent.id });
    drive.addShortcut({ name: 'to the root', parent: inner.id, target: root });
    drive.addShortcut({ name: 'to the folder', parent: outside.id, target: inner.id });
    drive.addShortcut({ name: 'to outside', parent: inner.id, target: outside.id });
    drive.addShortcut({
      name: 'to nothing',
      parent: root,
      target: 'gone-for-ever',
      targetMimeType: 'application/pdf',
    });
    await world.run();
    expect(await world.titles()).toEqual(['Dune', 'Emma']);
    expect(world.said('dangling_shortcut')).toEqual([
      'Broken shortcut to nothing: its target was deleted, is in the trash, or is not shared with this account',
    ]);
  });

  test('adds a book whose file name has only a title, with a warning that is logged once', async () => {
    world.drive.addFile({ name: 'Handbook.PDF', parent: world.root });
    await world.run();
    expect([...(await world.books()).values()]).toMatchObject([
      { title: 'Handbook', author: null, year: null },
    ]);
    expect(world.said('parse_error')[0]).toMatch(/^Error parsing file Handbook\.PDF: /);
    await world.run(reconcileRequest);
    expect(world.said('parse_error')).toHaveLength(1);
  });
});

describe('the cost of a reconcile', () => {
  test('stays within F + N/1000 + 3 Drive calls, N + 1 reads, d + 1 writes and 1 commit (F folders, N books, d changes)', async () => {
    for (let folder = 0; folder < 5; folder++)
      world.addBooks(8, world.drive.addFolder({ name: `${folder}`, parent: world.root }).id);
    expect(await world.run()).toMatchObject({
      added: 40,
      usage: { driveCalls: 9, reads: 2, writes: 41, commits: 1 },
    });
    const [changed] = [...(await world.books()).keys()];
    world.drive.rename(changed ?? '', 'Renamed - Ann Author (2001).pdf');
    expect(await world.run(reconcileRequest)).toMatchObject({
      updated: 1,
      usage: { driveCalls: 9, driveUnits: 615, reads: 41, writes: 2, commits: 1 },
    });
    expect(await world.run(reconcileRequest)).toMatchObject({
      updated: 0,
      usage: { driveCalls: 9, reads: 41, writes: 1, commits: 1 },
    });
  });

  test('is one more write for each batch of 400 changes, because each batch includes the checkpoint', async () => {
    world.addBooks(1_001);
    expect(await world.run()).toMatchObject({
      added: 1_001,
      books: 1_001,
      usage: { driveCalls: 5, writes: 1_001 + 3, commits: 3 },
    });
    expect((await world.books()).size).toBe(1_001);
    expect(await world.run()).toMatchObject({
      mode: 'incremental',
      usage: { driveCalls: 1, reads: 1, writes: 0 },
    });
  });
});

describe('documents that already exist', () => {
  test('a document with another id for a file is adopted, and other programs’ fields stay unchanged', async () => {
    const [id] = world.addBooks(1);
    const legacy = world.firestore.collection('books').doc('legacy-7');
    await legacy.set({
      drive_id: id,
      title: 'book 0',
      embedding_status: 'done',
      is_embedded: true,
      shelf: { row: 3 },
    });
    expect(await world.run()).toMatchObject({ added: 0, updated: 1 });
    const books = await world.books();
    expect([...books.keys()]).toEqual(['legacy-7']);
    expect(books.get('legacy-7')).toMatchObject({
      title: 'Book 0',
      author: 'Ann Author',
      embedding_status: 'done',
      is_embedded: true,
      shelf: { row: 3 },
    });
    expect(await world.run(reconcileRequest)).toMatchObject({ added: 0, updated: 0 });
  });

  test('of two documents for one file, only the older is kept up to date, and a warning names both', async () => {
    const [id] = world.addBooks(1);
    const books = world.firestore.collection('books');
    await books.doc('z-older').set({ drive_id: id, title: 'old' });
    await books.doc('a-newer').set({ drive_id: id, title: 'new' });
    await world.run();
    expect(await world.titles()).toEqual(['Book 0', 'new']);
    expect(world.said('duplicate_documents')[0]).toMatch(/z-older is kept up to date, a-newer is left alone/);
  });

  test('a document that has the id of a file but no drive_id is adopted', async () => {
    const [id = ''] = world.addBooks(1);
    await world.firestore.collection('books').doc(id).set({ embedding_status: 'failed' });
    expect(await world.run()).toMatchObject({ kind: 'completed' });
    expect((await world.books()).get(id)).toMatchObject({
      title: 'Book 0',
      drive_id: id,
      embedding_status: 'failed',
    });
    expect(await world.run(reconcileRequest)).toMatchObject({ added: 0, updated: 0 });
  });

  test('a document that belongs to no file is left alone', async () => {
    world.addBooks(1);
    await world.firestore.collection('books').doc('note').set({ title: 'A note' });
    await world.run();
    await world.run(reconcileRequest);
    expect((await world.books()).get('note')).toEqual({ title: 'A note' });
  });

  test('a document that changes between its read and its write is planned again', async () => {
    const [id = ''] = world.addBooks(2);
    await world.run();
    world.drive.rename(id, 'Renamed - Ann Author (2001).pdf');
    const document = world.firestore.collection('books').doc(id);
    // A person corrects the author after the run has read the document.
    let commits = 0;
    world.judge = async ({ method }) => {
      if (method === 'Commit' && ++commits === 1) await document.update({ author: 'A. N. Author' });
      return 'pass' as const;
    };
    expect(await world.run()).toMatchObject({ updated: 1 });
    expect(commits).toBe(2);
    expect((await document.get()).data()).toMatchObject({ title: 'Renamed', author: 'A. N. Author' });
  });
});

describe('removals', () => {
  test.each([
    ['mark', 3, true],
    ['delete', 2, undefined],
    ['keep', 3, false],
  ] as const)('follow REMOVALS=%s until the book comes back', async (removals, documents, marked) => {
    await open({ settings: { removals } });
    const [gone = ''] = world.addBooks(3);
    await world.run();
    world.drive.trash(gone);
    await world.run(reconcileRequest);
    const books = await world.books();
    expect(books.size).toBe(documents);
    expect(books.has(gone) ? books.get(gone)?.removed_date instanceof Timestamp : undefined).toBe(marked);
    world.drive.untrash(gone);
    await world.run(reconcileRequest);
    expect((await world.books()).get(gone)).toMatchObject({ title: 'Book 0' });
    expect((await world.books()).get(gone)).not.toHaveProperty('removed_date');
  });

  test('delete marked documents after REMOVALS changes to delete, and count them once', async () => {
    const [gone = ''] = world.addBooks(3);
    await world.run();
    world.drive.trash(gone);
    expect(await world.run()).toMatchObject({ removed: 1, books: 2 });
    expect(await world.run(plainRequest, { removals: 'delete' })).toMatchObject({
      reason: 'the settings changed',
      removed: 1,
      books: 2,
    });
    expect([...(await world.books()).keys()]).not.toContain(gone);
  });

  test('over the limit are held while other changes are made, until at least that number is approved', async () => {
    const folder = world.drive.addFolder({ name: 'shelf', parent: world.root });
    world.addBooks(11, folder.id);
    const [stays = ''] = world.addBooks(5);
    await world.run();
    world.drive.trash(folder.id);
    world.drive.rename(stays, 'Renamed - Ann Author (2001).pdf');
    expect(await world.run()).toMatchObject({ mode: 'reconcile', removed: 0, updated: 1, held: 11 });
    expect(world.said('removals_held')[0]).toMatch(
      /^Holding 11 removals: more than 10 of 16 books.*approve_removals=11/,
    );
    // A run that finds nothing new repeats the message, so that the alert stays open.
    expect(await world.run()).toMatchObject({ mode: 'incremental', held: 11, usage: { writes: 0 } });
    expect(world.said('removals_held')).toHaveLength(2);
    expect(await world.run({ ...plainRequest, approvedRemovals: 10 })).toMatchObject({
      removed: 0,
      held: 11,
    });
    expect(await world.run({ ...plainRequest, approvedRemovals: 11 })).toMatchObject({
      removed: 11,
      held: 0,
      books: 5,
    });
    expect(await world.titles()).toHaveLength(5);
    expect(await world.run()).toMatchObject({ held: 0 });
  });

  test('are no longer held when the books come back', async () => {
    const folder = world.drive.addFolder({ name: 'shelf', parent: world.root });
    world.addBooks(12, folder.id);
    await world.run();
    world.drive.trash(folder.id);
    expect(await world.run()).toMatchObject({ held: 12 });
    // A new book is not one of the held books.
    world.addBooks(1);
    expect(await world.run()).toMatchObject({ mode: 'incremental', added: 1, held: 12 });
    world.drive.untrash(folder.id);
    expect(await world.run()).toMatchObject({ mode: 'reconcile', held: 0, removed: 0, books: 13 });
    expect(await world.run()).toMatchObject({ mode: 'incremental', held: 0 });
  });

  test('that are held are named in the log line, and no others are', async () => {
    const folder = world.drive.addFolder({ name: 'shelf', parent: world.root });
    world.addBooks(12, folder.id);
    const { id: other } = world.drive.addFile({ name: 'Other - Ann Author.pdf', parent: world.root });
    await world.run();
    world.drive.trash(folder.id);
    expect(await world.run()).toMatchObject({ held: 12 });
    world.drive.trash(other);
    expect(await world.run()).toMatchObject({ held: 12, removed: 1 });
    const lines = world.logs.filter(({ event }) => event === 'removals_held');
    const [held = [], later] = lines.map(({ sample }) => sample as string[]);
    expect(held).toHaveLength(10);
    expect(held).not.toContain('Other');
    expect(later).toEqual([]);
  });
});

describe('a root folder that cannot be verified', () => {
  test.each<[string, (world: World) => void, string]>([
    ['hidden', ({ drive, root }) => drive.hide(root), 'is not accessible'],
    ['in the trash', ({ drive, root }) => drive.trash(root), 'is in the trash'],
    ['deleted', ({ drive, root }) => drive.delete(root), 'is not accessible'],
  ])('fails the run and removes nothing if it is %s', async (_, spoil, said) => {
    world.addBooks(4);
    await world.run();
    spoil(world);
    for (const request of [plainRequest, reconcileRequest])
      await expect(world.run(request)).rejects.toThrow(said);
    expect(await world.titles()).toHaveLength(4);
    expect(world.said('run_failed')[0]).toMatch(/^Synchronization failed: The Drive folder/);
  });

  test('is named in the error if it is a file', async () => {
    const id = world.drive.addFile({ name: 'Emma.pdf', parent: 'root' }).id;
    await expect(world.run(plainRequest, { folder: { id, resourceKey: undefined } })).rejects.toThrow(
      'GOOGLE_DRIVE_FOLDER_ID refers to "Emma.pdf", which is not a folder',
    );
  });
});

describe('a library that cannot be listed completely', () => {
  test.each<[string, RunRequest[], (at: World, target: string) => void]>([
    [
      'the target of a shortcut',
      [plainRequest, reconcileRequest],
      ({ drive, root }, target) => void drive.addShortcut({ name: 's', parent: root, target }),
    ],
    [
      'a book without a checksum',
      [reconcileRequest],
      ({ drive, root, driveEmulator }, target) => {
        const alone = drive.addFolder({ name: 'alone', parent: root }).id;
        drive.move(target, alone);
        driveEmulator.faults.add({
          match: { method: 'files.list', call: ({ params }) => params.get('q')?.includes(alone) ?? false },
          fault: { kind: 'dropFields', fields: ['md5Checksum'] },
          times: Number.POSITIVE_INFINITY,
        });
      },
    ],
  ])(
    'still gets its other books added, and nothing removed, if Drive cannot return %s',
    async (_, requests, make) => {
      const [gone = ''] = world.addBooks(2);
      const { id: target } = world.drive.addFile({ name: 'Far - Ann Author.pdf', parent: 'root' });
      await world.run();
      world.drive.delete(gone);
      make(world, target);
      world.addBooks(1);
      const fault = world.driveEmulator.faults.add({
        match: { method: 'files.get', call: (call) => call.id === target },
        fault: { kind: 'status', status: 403, reason: 'unheardOf' },
        times: Number.POSITIVE_INFINITY,
      });
      for (const request of requests)
        await expect(world.run(request)).rejects.toMatchObject({
          name: 'DriveScanError',
          reason: 'unheardOf',
        });
      expect(fault.hits).toBeGreaterThan(0);
      expect(await world.titles()).toEqual(['Book 0', 'Book 0', 'Book 1']);
      world.driveEmulator.faults.clear();
      await world.run();
      expect(await world.titles()).toEqual(['Book 0', 'Book 1', 'Far']);
    },
  );

  test.each([
    ['an incomplete search', { kind: 'incompleteSearch', missing: 2 }],
    ['an entry without a name', { kind: 'dropFields', fields: ['name'] }],
    ['a permanent error for a folder', { kind: 'status', status: 400 }],
  ] as const)('gets additions but no removals, and is listed again, after %s', async (_, fault) => {
    const [gone = ''] = world.addBooks(4);
    await world.run();
    world.drive.delete(gone);
    world.drive.addFile({
      name: 'New - Ann Author.pdf',
      parent: world.drive.addFolder({ name: 'new', parent: world.root }).id,
    });
    const active = world.driveEmulator.faults.add({
      match: { method: 'files.list', call: (call) => call.params.get('q')?.includes(world.root) ?? false },
      fault,
    });
    await expect(world.run(reconcileRequest)).rejects.toMatchObject({ name: 'DriveScanError' });
    expect(active.hits).toBe(1);
    expect((await world.books()).get(gone)?.removed_date).toBeUndefined();
    expect(await world.run()).toMatchObject({ removed: 1 });
    expect(await world.titles()).toEqual(['Book 1', 'Book 2', 'Book 3', 'New']);
  });
});
