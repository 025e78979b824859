/** Properties that hold for every name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeFile,
  type FileNameReading,
} from '../../../functions/sync/metadata/file-name/describe-file.ts';

const now = new Date('2026-06-01T00:00:00Z');
const runs = 400;

/** Random strings, and strings made of the pieces that names consist of, which reach the rules. */
const pieces = [
  'Ann Lee',
  'J. R. Cole',
  'Cole, J.',
  'The Art of Glass',
  'Теория',
  '数学',
  ' - ',
  ' -- ',
  '-',
  '_',
  '_-_',
  ' – ',
  '—',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '（',
  '）',
  '《',
  '》',
  ' by ',
  ', ',
  '; ',
  ' & ',
  ' and ',
  '2019',
  '(2019)',
  '1449',
  '9999',
  'libgen.li',
  '(Z-Library)',
  "Anna's Archive",
  '9780306406157',
  '1706.03762v5',
  'B07XJ8C8F5',
  'vol. 2',
  '3rd ed.',
  '.',
  ' ',
  '\u0000',
  '\u200e',
  '\ud800',
  'e\u0301',
  'ﬁ',
  '.pdf',
  '.PDF',
  'etc.',
  'Springer',
  '%20',
  '+',
];
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((list) => list.join('')),
);

function fieldsOf(reading: FileNameReading): string[] {
  const { title, author, year, isbn, publisher, series, edition, language, tags } = reading;
  return [title, author, year, isbn, publisher, series, edition, language, ...(tags ?? [])].filter(
    (field): field is string => typeof field === 'string',
  );
}

function facts({ problem, ...rest }: FileNameReading): unknown {
  return { ...rest, problem: problem?.message };
}

describe('for every name', () => {
  it('returns a title, clean fields, and a plausible year', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const got = describeFile(name, { now });
        expect(got.title.trim()).not.toBe('');
        for (const field of fieldsOf(got)) {
          expect(field).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u);
          expect(field).toBe(field.normalize('NFC').trim());
          expect(field).not.toBe('');
        }
        if (got.year !== null) {
          expect(got.year).toMatch(/^\d{4}$/u);
          expect(Number(got.year)).toBeGreaterThanOrEqual(1450);
          expect(Number(got.year)).toBeLessThanOrEqual(2027);
        }
        expect(['sure', 'unsure']).toContain(got.confidence);
        expect(got.rule).not.toBe('');
        if (got.problem !== undefined) expect(got.author).toBeNull();
      }),
      { numRuns: runs },
    );
  });

  it('reads a name the same in either Unicode form and with any letter case of the extension', () => {
    fc.assert(
      fc.property(anyName, fc.constantFrom('.pdf', '.PDF', '.Pdf', '.epub', '.EPUB'), (name, extension) => {
        const plain = facts(describeFile(`${name}.pdf`, { now }));
        expect(facts(describeFile(`${name}.pdf`.normalize('NFC'), { now }))).toEqual(plain);
        expect(facts(describeFile(`${name}.pdf`.normalize('NFD'), { now }))).toEqual(plain);
        expect(facts(describeFile(`${name}${extension}`, { now }))).toEqual(plain);
      }),
      { numRuns: runs },
    );
  });

  it('truncates a long name at the same place, whatever its Unicode form or extension', () => {
    const long = 'Ame\u0301lie et les murs '.repeat(200);
    const plain = facts(describeFile(`${long}.pdf`, { now }));
    expect(facts(describeFile(`${long}.epub`, { now }))).toEqual(plain);
    expect(facts(describeFile(`${long}.pdf`.normalize('NFC'), { now }))).toEqual(plain);
  });

  // Each of these once caused catastrophic backtracking. If one does again, the test does not end.
  it.each(['1', '12 ', '1 2 ', '1e ', '1. ', 'first ', 'second, '])(
    'reads a name with many repetitions of %j without endless backtracking',
    (part) => {
      for (const name of [part.repeat(40), `Title (${part.repeat(40)}:)`, `Title - ${part.repeat(40)}:`])
        expect(describeFile(`${name}.pdf`).title).not.toBe('');
    },
  );

  it.each([
    ['letters', 'a'],
    ['brackets', '('],
    ['brackets of both kinds', '[('],
    ['hyphens', 'A-'],
    ['separators', 'Ann - '],
    ['commas', 'Ann, '],
    ['periods', 'A. '],
    ['spaces', ' '],
    ['underscores', 'a_ '],
    ['digits', '9'],
    ['words', 'The Art of '],
    ['years', '(2019) '],
    ['by', ' by Ann Lee'],
    ['combining marks', 'e\u0301'],
  ])('reads a megabyte of %s the same as two kilobytes', (_, unit) => {
    const name = (length: number) => `${unit.repeat(Math.ceil(length / unit.length))}.pdf`;
    const got = describeFile(name(1_000_000), { now });
    expect(got).toEqual(describeFile(name(2_000), { now }));
    expect(got.title.length).toBeLessThan(1000);
  });
});

/**
 * Words that test the conventions fairly: made-up words that are on no list and have no typical ending, so that only
 * the convention says which side is which. Titles come with and without function words, authors with and without
 * known given names. Words contain no digits, hyphens or brackets, which are part of the conventions, and an author has
 * at least two words, because a single word may also be a title.
 */
const word = fc.stringMatching(/^[b-df-hj-np-tv-z][aeiou][lmnrt][aeou][bdgkpz]$/u);
const capital = word.map((text) => (text[0] ?? '').toUpperCase() + text.slice(1));
const grammar = fc.constantFrom('of', 'and the', 'for', 'in the', 'without');
const title = fc.oneof(
  fc.tuple(capital, grammar, capital).map((words) => words.join(' ')),
  fc.array(capital, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
);
const given = fc.oneof(
  fc.constantFrom('John', 'Maria', 'Hiroshi', 'Étienne', 'Ahmed', 'Ольга', 'J.', 'J.K.'),
  capital,
);
const author = fc
  .tuple(given, fc.constantFrom('', ' Q.', ' van'), capital)
  .map(([first, middle, surname]) => `${first}${middle} ${surname}`);
const year = fc.integer({ min: 1450, max: 2027 }).map(String);
const extension = fc.constantFrom('.pdf', '.epub', '.PDF', '.Epub');
const glue = (text: string) => text.replaceAll(' ', '_');

const conventions: [name: string, build: (t: string, a: string, y: string) => string, hasYear: boolean][] = [
  ['Title - Author', (t, a) => `${t} - ${a}`, false],
  ['Title_with_underscores - Author', (t, a) => `${glue(t)} - ${a}`, false],
  ['Title (Year) - Author', (t, a, y) => `${t} (${y}) - ${a}`, true],
  ['Title - Author (Year)', (t, a, y) => `${t} - ${a} (${y})`, true],
  ['Title-Author', (t, a) => `${glue(t)}-${glue(a)}`, false],
  ['Title-Author (Year)', (t, a, y) => `${glue(t)}-${glue(a)} (${y})`, true],
  ['Title (Year)- Author', (t, a, y) => `${t} (${y})- ${a}`, true],
];

describe("every convention of the folder's owner, for any title, author and year", () => {
  it.each(conventions)('reads %s', (_, build, hasYear) => {
    fc.assert(
      fc.property(title, author, year, extension, (t, a, y, e) => {
        const got = describeFile(build(t, a, y) + e, { now });
        expect(got).toMatchObject({ title: t, author: a, year: hasYear ? y : null });
        expect(got.problem).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('reads Title[Tag] (Year)', () => {
    fc.assert(
      fc.property(title, capital, year, extension, (t, tag, y, e) => {
        const got = describeFile(`${t}[${tag}] (${y})${e}`, { now });
        expect(got).toMatchObject({ title: t, author: null, year: y, tags: [tag] });
        expect(got.problem).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
