/** Checks what a person who can write to Firestore but not to Drive can make the sync do. See SECURITY.md. */
import { GeoPoint, Timestamp } from 'firebase-admin/firestore';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const stateOf = () => world.firestore.collection(world.settings.stateCollection).doc(world.root);
const bookOf = (id: string) => world.firestore.collection(world.settings.collection).doc(id);

describe('a book', () => {
  test('with arbitrary values in any field fails no run, and fields that belong to the file are restored', async () => {
    const fields = [
      ...['title', 'author', 'year', 'tags', 'isbn', 'drive_link', 'original_filename', 'size_bytes'],
      ...['md5_checksum', 'mime_type', 'added_date', 'is_embedded', 'removed_date', 'sync'],
    ];
    const values: unknown[] = [
      null,
      Number.NaN,
      -1e308,
      true,
      '',
      '\u0000\n"',
      [],
      [{ a: [1] }],
      { toString: 'x', constructor: 1 },
      Timestamp.fromMillis(0),
      new GeoPoint(1, 2),
      Buffer.from('bytes'),
      world.firestore.doc('users/ann'),
      'x'.repeat(100_000),
    ];
    const ids = world.addBooks(values.length);
    await world.run();
    for (const field of fields) {
      for (const [index, value] of values.entries())
        await bookOf(ids[index] ?? '').update({ [field]: value });
      expect(await world.run(reconcileRequest), field).toMatchObject({
        kind: 'completed',
        books: values.length,
      });
    }
    // Fields that a person cannot correct are restored from the file, in every book.
    for (const [id, book] of await world.books())
      expect(book).toMatchObject({
        drive_link: `https://drive.google.com/file/d/${id}/view`,
        size_bytes: 1024,
      });
    // Every log line can be written, and shows nothing of the client that a document reference contains.
    for (const entry of world.logs)
      expect(JSON.stringify(entry)).not.toMatch(/_settings|credential|private_key/i);
  });

  test('with a forged `sync` field affects only its own fields', async () => {
    const [id = '', other = ''] = world.addBooks(2);
    await world.run();
    // The forged field makes the sync believe that it wrote this title itself, so it restores the title from the file.
    await bookOf(id).update({
      title: 'Forged',
      'sync.written.title': 'Forged',
      'sync.written.drive_id': 'x',
    });
    await world.run(reconcileRequest);
    expect((await world.books()).get(id)).toMatchObject({ title: 'Book 0', drive_id: id });
    expect((await world.books()).get(other)).toMatchObject({ title: 'Book 1' });
  });

  test('that claims the file of another book is left alone and reported', async () => {
    const [id = ''] = world.addBooks(1);
    await world.run();
    await bookOf('claim').set({ drive_id: id, title: 'Claimed' });
    await world.run(reconcileRequest);
    expect((await world.books()).get('claim')).toEqual({ drive_id: id, title: 'Claimed' });
    expect((await world.books()).get(id)).toMatchObject({ title: 'Book 0' });
    expect(world.said('duplicate_documents')).toHaveLength(1);
  });

  test('without a file in the library is removed, but many of them are held', async () => {
    world.addBooks(20);
    await world.run();
    for (let i = 0; i < 30; i++) await bookOf(`forged-${i}`).set({ drive_id: `none-${i}`, title: 'Forged' });
    await world.run(reconcileRequest);
    expect(world.said('removals_held')).toHaveLength(1);
    expect(await world.titles()).toHaveLength(50);
  });
});

describe('the checkpoint', () => {
  test.each<[string, Record<string, unknown>]>([
    ['with an unknown format', { format: 99 }],
    ['without its folders', { folders: null }],
    ['with an invalid token', { pageToken: 'x' }],
    ['with an empty token', { pageToken: '' }],
    ['for another drive', { driveId: 'another-drive' }],
    ['with a date in the future', { reconciledAt: '2999-01-01T00:00:00.000Z' }],
    ['with invalid folder ids', { folders: ['x', '../..', "' or '1'='1"] }],
    ['with invalid shortcuts', { shortcuts: { __proto: 'x', a: "' in parents or '" } }],
    ['with an impossible count', { books: -1 }],
  ])('%s costs at most one listing, and the catalog is right in the end', async (_, edit) => {
    const [gone = ''] = world.addBooks(5);
    await world.run();
    await stateOf().update(edit);
    world.drive.trash(gone);
    world.drive.addFile({ name: 'Emma - Jane Austen (1815).pdf', parent: world.root });
    await world.run();
    await world.run(reconcileRequest);
    expect(await world.titles()).toEqual(['Book 1', 'Book 2', 'Book 3', 'Book 4', 'Emma']);
    expect(world.said('run_failed')).toEqual([]);
  });

  test('that names another folder adds books from that folder until the next reconcile', async () => {
    world.addBooks(1);
    const elsewhere = world.drive.addFolder({ name: 'Private', parent: 'root' }).id;
    await world.run();
    const { folders = [] } = (await world.checkpoint()) ?? {};
    await stateOf().update({ folders: [...folders, elsewhere] });
    world.drive.addFile({ name: 'Diary - Ann Author.pdf', parent: elsewhere });
    await world.run();
    // This exposes only names and sizes, of files that the Drive identity can see anyway. The defense is to limit who
    // can write to this collection.
    expect(await world.titles()).toEqual(['Book 0', 'Diary']);
    await world.run(reconcileRequest);
    expect(await world.titles()).toEqual(['Book 0']);
  });

  test('cannot make a run remove what is in the library', async () => {
    world.addBooks(30);
    await world.run();
    await stateOf().update({ books: 1_000_000, folders: [], held: { count: 0, since: 'x' } });
    await world.run();
    await world.run(reconcileRequest);
    expect(await world.titles()).toHaveLength(30);
  });
});
