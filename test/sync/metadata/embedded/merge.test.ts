/** The order of trust, as a table, and the embedded metadata that is never trusted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EmbeddedFields, EmbeddedMode } from '../../../../functions/sync/core/book.ts';
import {
  judge,
  judgeAuthors,
  judgeDate,
  judgeTitle,
} from '../../../../functions/sync/metadata/embedded/judge.ts';
import { merge } from '../../../../functions/sync/metadata/embedded/merge.ts';
import { describeFile } from '../../../../functions/sync/metadata/file-name/describe-file.ts';

function book(fileName: string, said: EmbeddedFields[], mode: EmbeddedMode) {
  const { rule, confidence, problem: _, ...description } = describeFile(fileName);
  return merge({ fileName, description, rule, confidence }, said, mode, { now: new Date('2026-11-23') });
}

const opf: EmbeddedFields = {
  place: 'opf',
  title: 'Emma: A Novel',
  authors: ['Austen, Jane'],
  date: '1816-01-01',
  publisher: 'John Murray',
};
const sure = 'Emma - Jane Austen (1815).pdf';
const yearInside = 'Emma (1815) - Jane Austen.pdf';
const unsure = 'tmp-emma-1.pdf';

test.each<[string, string, EmbeddedFields[], EmbeddedMode, string, string | null, string | null, string]>([
  [
    'uses a sure file name before the content',
    sure,
    [opf],
    'fill',
    'Emma',
    'Jane Austen',
    '1815',
    'name name name',
  ],
  [
    'uses the content before a sure file name with `prefer`',
    sure,
    [opf],
    'prefer',
    'Emma: A Novel',
    'Jane Austen',
    '1816',
    'embedded embedded embedded',
  ],
  ['ignores the content with `off`', unsure, [opf], 'off', 'tmp emma 1', null, null, 'stem - -'],
  [
    'uses the content before the file stem',
    unsure,
    [opf],
    'fill',
    'Emma: A Novel',
    'Jane Austen',
    '1816',
    'embedded embedded embedded',
  ],
  ['uses the file stem if there is nothing else', unsure, [], 'fill', 'tmp emma 1', null, null, 'stem - -'],
  [
    'uses the name for fields that the preferred content does not have',
    yearInside,
    [{ place: 'info', title: 'untitled' }],
    'prefer',
    'Emma',
    'Jane Austen',
    '1815',
    'name name name',
  ],
  [
    'uses XMP before Info',
    unsure,
    [
      { place: 'xmp', title: 'From XMP' },
      { place: 'info', title: 'From Info', authors: ['Ann Author'] },
    ],
    'fill',
    'From XMP',
    'Ann Author',
    null,
    'embedded embedded -',
  ],
  [
    'uses Info if XMP cannot be trusted',
    unsure,
    [
      { place: 'xmp', title: 'Microsoft Word - x.doc' },
      { place: 'info', title: 'From Info' },
    ],
    'fill',
    'From Info',
    null,
    null,
    'embedded - -',
  ],
])('%s', (_, name, said, mode, title, author, year, origins) => {
  const { description, origin } = book(name, said, mode);
  expect(description).toMatchObject({ title, author, year });
  expect([origin.title, origin.author ?? '-', origin.year ?? '-'].join(' ')).toBe(origins);
});

test('fills the missing fields of a sure name and keeps its title', () => {
  const named = {
    fileName: 'Emma.pdf',
    description: { title: 'Emma', author: null, year: null },
    rule: 'any',
    confidence: 'sure',
  } as const;
  const { description, origin } = merge(named, [opf], 'fill');
  expect(description).toMatchObject({
    title: 'Emma',
    author: 'Jane Austen',
    year: '1816',
    publisher: 'John Murray',
  });
  expect(origin).toMatchObject({
    title: 'name',
    author: 'embedded',
    year: 'embedded',
    publisher: 'embedded',
  });
});

test('does not use an author that only repeats the title of a sure name', () => {
  const named = {
    fileName: 'Emma.pdf',
    description: { title: 'Emma', author: null, year: null },
    rule: 'any',
    confidence: 'sure',
  } as const;
  expect(merge(named, [{ place: 'info', authors: ['Emma'] }], 'fill')).toMatchObject({
    description: { title: 'Emma', author: null },
    origin: { title: 'name' },
  });
});

test('swaps title and author of a name if the content shows that they were read in the wrong order', () => {
  const named = {
    fileName: 'Clive Barker - Weaveworld.pdf',
    description: { title: 'Clive Barker', author: 'Weaveworld', year: null },
    rule: 'title - author',
    confidence: 'unsure',
  } as const;
  expect(merge(named, [{ place: 'info', title: 'Weaveworld' }], 'fill').description).toMatchObject({
    title: 'Weaveworld',
    author: 'Clive Barker',
  });
  expect(merge(named, [{ place: 'info', authors: ['Clive Barker'] }], 'fill').description).toMatchObject({
    title: 'Weaveworld',
    author: 'Clive Barker',
  });
});

describe('judging embedded metadata', () => {
  test.each([
    'Microsoft Word - thesis.doc',
    'untitled',
    'Untitled-1',
    'Document1',
    'thesis_final_v2',
    'C:\\Users\\me\\book.qxd',
    'main.dvi',
    'Scan 001',
    'PowerPoint Presentation',
    'Full page photo',
    'https://example.com',
    '9780141439587',
    'my book',
    '',
    '...',
    'Ma�tre',
    'Ã©tude de cas',
    'book.indb',
    '&a19;',
    '001-050.tif',
  ])('rejects the title %j', (title) => expect(judgeTitle(title, { stem: 'My_Book' })).toBeUndefined());

  test.each([
    'Emma',
    'Les Misérables',
    '吾輩は猫である',
    'Война и мир',
    '1984: A Novel',
    'The amsmath package',
    'Untitled Stories of the North',
    'Catch-22 and after',
  ])('accepts the title %j', (title) => expect(judgeTitle(title, { stem: 'x' })).toBe(title));

  // Backtracking through every way to split these would take years, and the test would not end.
  test.each(['scan', 'image page '])(
    'judges a title that begins with %j and is crafted to be slow',
    (begins) => {
      const title = `${begins}${'1'.repeat(60)}x`;
      expect(() => judgeTitle(title, { stem: 'x' })).not.toThrow();
    },
  );

  test.each([
    'HP Digital Sending Device',
    'CamScanner',
    'Adobe Acrobat 9',
    'Administrator',
    'user',
    'jsmith',
    'DELL-PC',
    'Unknown',
    'Canon iR-ADV C5235',
    'me@example.com',
    'www.it-ebooks.info',
    'Registered User',
    'pdfTeX-1.40.3',
    'The Title',
  ])('rejects the author %j', (author) =>
    expect(judgeAuthors([author], { title: 'The Title', tools: ['pdfTeX-1.40.3'] })).toBeUndefined(),
  );

  test.each([
    [['Austen, Jane'], 'Jane Austen'],
    [['Ann Author; Bob Writer'], 'Ann Author, Bob Writer'],
    [['Ann Author', 'CamScanner', 'Ann Author'], 'Ann Author'],
    [['夏目漱石'], '夏目漱石'],
    [['Frank Mittelbach, LaTeX Project'], 'Frank Mittelbach, LaTeX Project'],
  ])('reads the authors %j as %j', (authors, left) =>
    expect(judgeAuthors(authors, { title: undefined, tools: [] })).toBe(left),
  );

  test.each([
    ['0101-01-01T00:00:00+00:00', undefined],
    ['D:20240102', '2024'],
    ['2015', '2015'],
    ['2015-02', '2015'],
    ['3015', undefined],
    ['Spring 2015', undefined],
    ['', undefined],
  ])('reads the date %j as the year %s', (date, year) => expect(judgeDate(date, 2027)).toBe(year));
});

test('always returns a title, and keeps what the name gave if the content cannot be trusted', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const anything = fc.array(
    fc.record(
      {
        place: fc.constantFrom('xmp', 'info', 'opf' as const),
        title: text,
        authors: fc.array(text),
        date: text,
        publisher: text,
        language: text,
        identifiers: fc.array(text),
        subjects: fc.array(text),
      },
      { requiredKeys: ['place'] },
    ),
    { maxLength: 2 },
  );
  fc.assert(
    fc.property(
      text,
      anything,
      fc.constantFrom<EmbeddedMode>('off', 'fill', 'prefer'),
      (stem, said, mode) => {
        const { description } = book(`${stem}.pdf`, said as EmbeddedFields[], mode);
        expect(description.title).not.toBe('');
        if (Object.keys(judge(said as EmbeddedFields[], { stem, lastYear: 2027 })).length === 0)
          expect(description).toEqual(book(`${stem}.pdf`, [], mode).description);
      },
    ),
  );
});
