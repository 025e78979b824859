/** One file with a bad name never keeps the others out of the catalog, nor comes back at every run. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonLines } from '../../functions/sync/core/logs.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';
import { hostileNames, namesOfEveryCategory } from './names.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test.each<[string, [what: string, name: string][]]>([
  ['every category of Unicode', namesOfEveryCategory()],
  ['every kind of trouble', hostileNames],
])('%s', async (_, names) => {
  const ids = new Map(
    names.map(([what, name]) => {
      const mimeType = 'application/pdf';
      return [world.drive.addFile({ name, parent: world.root, mimeType }).id, what];
    }),
  );
  const good = world.addBooks(2);
  expect(await world.run()).toMatchObject({ kind: 'completed', mode: 'reconcile' });
  const books = await world.books();
  for (const id of good) expect(books.get(id)?.author).toBe('Ann Author');
  for (const [id, what] of ids) {
    const name = world.drive.find(id)?.name ?? '';
    // Hidden files are no books (docs/catalog.md); all others are there, with a title and a name to find them by.
    if (name.trim().startsWith('.')) {
      expect(books.has(id), what).toBe(false);
      continue;
    }
    const book = books.get(id);
    expect(book?.title, what).toMatch(/\S/u);
    expect(book?.original_filename.length, what).toBeLessThanOrEqual(1_500);
    expect(book?.original_filename, what).not.toMatch(/\p{Cs}/u);
    if (name.length <= 1_500 && !/\p{Cs}/u.test(name)) expect(book?.original_filename, what).toBe(name);
    if (name.length > 1_500) expect(book?.original_filename, what).toMatch(/….*\.pdf$/su);
  }
  // What was stored is what is compared: nothing is written again, by the feed or by a listing.
  expect(await world.run(plainRequest)).toMatchObject({ usage: { writes: 0 } });
  expect(await world.run(reconcileRequest)).toMatchObject({ added: 0, updated: 0, removed: 0 });
  // And the log stayed one line an entry, small enough for Cloud Logging (256 KB).
  for (const entry of world.logs)
    jsonLines((line) => {
      expect(line.slice(0, -1)).not.toMatch(/\n/u);
      expect(line.length).toBeLessThan(20_000);
    })(entry);
  expect(world.logs.filter(({ event }) => event === 'run_completed')).toHaveLength(3);
});

test('a page of a thousand names that are 32 MB together', async () => {
  for (let i = 0; i < 1_000; i++)
    world.drive.addFile({ name: `${i} ${'é'.repeat(16_000)} - Ann Author.pdf`, parent: world.root });
  expect(await world.run()).toMatchObject({ kind: 'completed', added: 1_000 });
});
