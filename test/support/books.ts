/** fast-check arbitraries and helpers for books and catalog documents. */
import fc from 'fast-check';
import { Timestamp } from 'firebase-admin/firestore';
import { type BookDocument, readBookDocument } from '../../functions/sync/catalog/book-document.ts';
import type { LibraryBook } from '../../functions/sync/core/book.ts';
import type { Change } from '../../functions/sync/plan/change.ts';

const word = fc.stringMatching(/^[A-Za-zÀ-ž]{1,8}$/);
const md5 = fc.stringMatching(/^[0-9a-f]{4}$/);

/** A book in the library, always with the same file id. */
export const libraryBook: fc.Arbitrary<LibraryBook> = fc.record({
  description: fc.record(
    {
      title: word,
      author: fc.option(word),
      year: fc.option(fc.constantFrom('1815', '1957', '2020')),
      isbn: word,
      publisher: word,
      series: word,
      edition: word,
      language: word,
      tags: fc.array(word, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['title', 'author', 'year'] },
  ),
  facts: fc.record({
    drive_id: fc.constant('file-1'),
    drive_link: fc.constant('https://drive.google.com/file/d/file-1/view'),
    original_filename: word,
    created_time: fc.constant('2020-01-01T00:00:00.000Z'),
    modified_time: fc.constantFrom('2021-01-01T00:00:00.000Z', '2022-01-01T00:00:00.000Z'),
    mime_type: fc.constantFrom('application/pdf', 'application/epub+zip'),
    size_bytes: fc.nat(),
    md5_checksum: fc.option(md5),
  }),
  rule: fc.constantFrom('title - author', 'title'),
  confidence: fc.constantFrom('sure', 'unsure'),
  mode: fc.constantFrom('off', 'fill', 'prefer'),
  rules: fc.constant(1),
});

let clock = 0;

/** A document with these fields, as Firestore would return it now. */
export function documentOf(
  fields: Record<string, unknown>,
  options: { docId?: string; createdAt?: number } = {},
): BookDocument {
  const updateTime = Timestamp.fromMillis(++clock);
  const createTime = Timestamp.fromMillis(options.createdAt ?? 0);
  const document = readBookDocument(options.docId ?? 'file-1', fields, { updateTime, createTime });
  if (!document) throw new Error('The fields are not a book document');
  return document;
}

/** The fields of a document after a change was written. */
export function applyTo(
  fields: Record<string, unknown>,
  change: Change | undefined,
): Record<string, unknown> {
  if (!change) return fields;
  const after: Record<string, unknown> =
    change.kind === 'remove'
      ? { ...fields, removed_date: 'now', updated_date: 'now' }
      : { ...fields, ...change.set };
  if (change.kind !== 'remove') for (const field of change.stamp) after[field] = 'now';
  if (change.kind === 'update' || change.kind === 'restore')
    for (const field of change.clear) delete after[field];
  return after;
}
