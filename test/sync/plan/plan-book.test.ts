/** What is written to the document of one book, tested with arbitrary books and documents. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBook } from '../../../functions/sync/plan/plan-book.ts';
import { applyTo, documentOf, libraryBook } from '../../support/books.ts';

const corrections = fc.record(
  {
    title: fc.constant('CORRECTED'),
    author: fc.constantFrom('CORRECTED', null),
    year: fc.constantFrom('9999', null),
  },
  { requiredKeys: [] },
);
/** Fields of other programs, which are never touched. */
const foreign = fc.dictionary(
  fc.constantFrom('embedding_status', 'embedding_link', 'embedding_error', 'shelf', 'likes'),
  fc.jsonValue(),
);
/** A document that another program created: some of our fields, with values of any type, and no valid sync record. */
const legacy = fc.record(
  {
    title: fc.oneof(fc.string(), fc.integer()),
    author: fc.oneof(fc.string(), fc.constant(null)),
    year: fc.oneof(fc.constant('1900'), fc.integer()),
    md5_checksum: fc.string(),
    is_embedded: fc.boolean(),
    isbn: fc.string(),
    removed_date: fc.constant('then'),
    sync: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

test('a second plan after a write is empty, whatever the document contained before', () => {
  fc.assert(
    fc.property(libraryBook, legacy, foreign, (book, before, others) => {
      const fields = { ...others, ...before, drive_id: 'file-1' };
      const after = applyTo(fields, planBook(book, documentOf(fields)));
      expect(planBook(book, documentOf(after))).toBeUndefined();
      expect(after).toMatchObject(others);
      expect(after).toMatchObject(book.facts);
      expect(after).not.toHaveProperty('removed_date');
      expect(typeof after.title).toBe('string');
      for (const field of ['added_date', 'is_embedded', 'vector_embedding_link', 'author', 'year'])
        expect(after[field], field).not.toBeUndefined();
    }),
  );
});

test('an add writes the whole document, with the id of its file', () => {
  fc.assert(
    fc.property(libraryBook, (book) => {
      const add = planBook(book, undefined);
      expect(add).toMatchObject({ kind: 'add', docId: 'file-1', stamp: ['added_date', 'updated_date'] });
      expect(applyTo({}, add)).toMatchObject({
        ...book.description,
        ...book.facts,
        is_embedded: false,
        vector_embedding_link: '',
      });
    }),
  );
});

test('a correction stays, and the other fields follow the file', () => {
  fc.assert(
    fc.property(libraryBook, libraryBook, corrections, (first, second, corrected) => {
      const added = applyTo({}, planBook(first, undefined));
      const changedByHand = Object.fromEntries(
        Object.entries(corrected).filter(([field, value]) => added[field] !== value),
      );
      const fields = { ...added, ...changedByHand };
      const after = applyTo(fields, planBook(second, documentOf(fields)));
      expect(after).toMatchObject(changedByHand);
      for (const field of ['title', 'author', 'year'] as const)
        if (!(field in changedByHand)) expect(after[field]).toEqual(second.description[field]);
      // The correction also stays when the file changes again, or changes back.
      expect(applyTo(after, planBook(first, documentOf(after)))).toMatchObject(changedByHand);
    }),
  );
});

test('a field follows the file again after its correction is undone', () => {
  fc.assert(
    fc.property(libraryBook, libraryBook, (first, second) => {
      const added = applyTo({}, planBook(first, undefined));
      const corrected = { ...added, title: 'CORRECTED' };
      const undone = {
        ...applyTo(corrected, planBook(first, documentOf(corrected))),
        title: first.description.title,
      };
      expect(applyTo(undone, planBook(second, documentOf(undone))).title).toBe(second.description.title);
    }),
  );
});

test('is_embedded becomes false if the content changed, and only then', () => {
  fc.assert(
    fc.property(libraryBook, libraryBook, (first, second) => {
      const fields = {
        ...applyTo({}, planBook(first, undefined)),
        is_embedded: true,
        vector_embedding_link: 'gs://vectors/1',
        embedding_status: 'done',
      };
      const after = applyTo(fields, planBook(second, documentOf(fields)));
      const [seen, now] = [first.facts.md5_checksum, second.facts.md5_checksum];
      expect(after.is_embedded).toBe(seen === null || now === null || seen === now);
      expect(after).toMatchObject({ vector_embedding_link: 'gs://vectors/1', embedding_status: 'done' });
    }),
  );
});

test('a restored book loses its removed_date and keeps its added_date', () => {
  fc.assert(
    fc.property(libraryBook, (book) => {
      const fields = {
        ...applyTo({}, planBook(book, undefined)),
        added_date: 'long ago',
        removed_date: 'yesterday',
      };
      const change = planBook(book, documentOf(fields));
      expect(change).toMatchObject({ kind: 'restore', clear: ['removed_date'], stamp: ['updated_date'] });
      expect(applyTo(fields, change)).toMatchObject({ added_date: 'long ago', updated_date: 'now' });
    }),
  );
});

describe('a document from before this project', () => {
  const [book] = fc.sample(libraryBook, { seed: 1, numRuns: 1 });
  if (!book) throw new Error('no sample');
  const named = { ...book, description: { title: 'Emma', author: null, year: null } };

  test('gets the values from the file name', () => {
    const fields = { drive_id: 'file-1', title: 'emma.pdf', author: 'someone' };
    expect(
      applyTo(
        fields,
        planBook(
          { ...book, description: { title: 'Emma', author: 'Jane Austen', year: null } },
          documentOf(fields),
        ),
      ),
    ).toMatchObject({ title: 'Emma', author: 'Jane Austen' });
  });

  test('keeps an author and a year that the file name does not have', () => {
    const fields = {
      drive_id: 'file-1',
      title: 'Emma',
      author: 'Jane Austen',
      year: '1815',
      isbn: '9780141439587',
    };
    const after = applyTo(fields, planBook(named, documentOf(fields)));
    expect(after).toMatchObject({ author: 'Jane Austen', year: '1815', isbn: '9780141439587' });
    expect(applyTo(after, planBook(named, documentOf(after)))).toEqual(after);
  });

  test('stays embedded if it is unknown which content was embedded', () => {
    const fields = { drive_id: 'file-1', title: 'Emma', is_embedded: true };
    expect(applyTo(fields, planBook(named, documentOf(fields))).is_embedded).toBe(true);
  });
});
