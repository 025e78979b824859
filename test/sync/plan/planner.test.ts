/** The planner: which documents of the catalog are written, added and removed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LibraryBook } from '../../../functions/sync/core/book.ts';
import { holdLimit } from '../../../functions/sync/plan/guard.ts';
import { createPlanner, planRemoval } from '../../../functions/sync/plan/planner.ts';
import { documentOf, libraryBook } from '../../support/books.ts';

const [sample] = fc.sample(libraryBook, { seed: 2, numRuns: 1 }) as [LibraryBook];
const bookOf = (id: string): LibraryBook => ({ ...sample, facts: { ...sample.facts, drive_id: id } });

const ids = ['a', 'b', 'c', 'd', 'e'];
const document = fc.record({
  docId: fc.uuid(),
  driveId: fc.constantFrom(...ids),
  createdAt: fc.nat(3),
  removed: fc.boolean(),
});

test('writes each file of the library to exactly one document, and removes each document without a file once', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(document, { selector: ({ docId }) => docId }),
      fc.subarray(ids),
      (documents, library) => {
        const planner = createPlanner((id) => (library.includes(id) ? bookOf(id) : undefined), 'mark');
        for (const { docId, driveId: fileId, createdAt, removed } of documents)
          planner.take(
            documentOf({ drive_id: fileId, ...(removed ? { removed_date: 1 } : {}) }, { docId, createdAt }),
          );
        const { updates, adds, removals, duplicates, books } = planner.finish(library);
        const changes = [...adds, ...updates];
        expect(adds.size).toBe([...adds].length);
        expect(changes.map(({ fileId }) => fileId).sort()).toEqual([...library].sort());
        expect(removals.map(({ docId }) => docId).sort()).toEqual(
          documents
            .filter((d) => !library.includes(d.driveId) && !d.removed)
            .map(({ docId }) => docId)
            .sort(),
        );
        expect(books).toBe(documents.filter(({ removed }) => !removed).length);

        for (const fileId of library) {
          const rivals = documents
            .filter((d) => d.driveId === fileId)
            .sort((a, b) => a.createdAt - b.createdAt || (a.docId < b.docId ? -1 : 1));
          const change = changes.find((c) => c.fileId === fileId);
          expect(change?.docId).toBe(rivals[0]?.docId ?? fileId);
          expect(change?.kind === 'add').toBe(rivals.length === 0);
          expect(duplicates.filter((d) => d.fileId === fileId)).toHaveLength(Math.max(0, rivals.length - 1));
        }
      },
    ),
  );
});

test.each([
  ['mark', false, 'mark'],
  ['mark', true, undefined],
  ['delete', false, 'delete'],
  ['delete', true, 'delete'],
  ['keep', false, undefined],
] as const)('plans removal mode %s of a document already marked (%s) as %s', (mode, removed, expected) => {
  const change = planRemoval(documentOf({ drive_id: 'a', ...(removed ? { removed_date: 1 } : {}) }), mode);
  expect(change?.kind === 'remove' ? change.mode : undefined).toBe(expected);
});

test.each([
  [0, 10],
  [99, 10],
  [110, 11],
  [100_000, 10_000],
])('of %i books, at most %i may be removed at once', (books, limit) => {
  expect(holdLimit(books)).toBe(limit);
});
