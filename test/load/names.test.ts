/** A file with a bad name never keeps other files out of the catalog, and is not written again on every run. */
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
  ['characters of every Unicode category', namesOfEveryCategory()],
  ['known hostile names', hostileNames],
])('catalogs files with %s once, and their neighbors too', async (_, names) => {
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
    // Hidden files are not books (docs/catalog.md). All others are in the catalog, with a title and a file name.
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
  // The stored values are compared, so neither the changes feed nor a listing writes anything again.
  expect(await world.run(plainRequest)).toMatchObject({ usage: { writes: 0 } });
  expect(await world.run(reconcileRequest)).toMatchObject({ added: 0, updated: 0, removed: 0 });
  // Each log entry is one line, and small enough for Cloud Logging (256 KB).
  for (const entry of world.logs)
    jsonLines((line) => {
      expect(line.slice(0, -1)).not.toMatch(/\n/u);
      expect(line.length).toBeLessThan(20_000);
    })(entry);
  expect(world.logs.filter(({ event }) => event === 'run_completed')).toHaveLength(3);
});

test('reads a page of a thousand names of 32 MB in total', async () => {
  for (let i = 0; i < 1_000; i++)
    world.drive.addFile({ name: `${i} ${'é'.repeat(16_000)} - Ann Author.pdf`, parent: world.root });
  expect(await world.run()).toMatchObject({ kind: 'completed', added: 1_000 });
});
