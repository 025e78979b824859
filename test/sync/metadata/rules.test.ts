/** Which rule reads a name, how sure it is, and what a name contains besides title and author. */
import { describe, expect, it } from 'vitest';
import { readDate, takeTrailingYear } from '../../../functions/sync/metadata/dates.ts';
import {
  describeFile,
  type FileNameReading,
} from '../../../functions/sync/metadata/file-name/describe-file.ts';
import { readIsbn } from '../../../functions/sync/metadata/isbn.ts';
import { readPeople } from '../../../functions/sync/metadata/people.ts';
import { isPublisher } from '../../../functions/sync/metadata/publishers.ts';

const now = new Date('2026-06-01T00:00:00Z');

const rules: [name: string, expected: Partial<FileNameReading>][] = [
  [
    'The Garden Wall - Rose Miller.pdf',
    { rule: 'title - author', confidence: 'sure', author: 'Rose Miller' },
  ],
  [
    'Rose Miller - The Garden Wall.pdf',
    { rule: 'author - title', confidence: 'sure', author: 'Rose Miller' },
  ],
  ['Gored Bat - Dolek Pemuz.pdf', { rule: 'title - author', confidence: 'unsure', author: 'Dolek Pemuz' }],
  ['Garden_Walls-Rose_Miller.pdf', { rule: 'title_author', confidence: 'sure', author: 'Rose Miller' }],
  ['Rose Miller-Garden Walls in Art-CRC Press (2001).pdf', { rule: 'author-title-publisher', year: '2001' }],
  ['Garden Walls by Rose Miller.pdf', { rule: 'title by author', author: 'Rose Miller' }],
  ['Garden Walls (Rose Miller).pdf', { rule: 'title (author)', author: 'Rose Miller' }],
  ['Garden Walls (draft) Rose Miller.pdf', { rule: 'title (…) author', author: 'Rose Miller' }],
  ['[Rose_T._Miller]_Garden_Walls(BookFi.org).pdf', { rule: '[author] title', author: 'Rose T. Miller' }],
  ['Rose Miller. Garden Walls.pdf', { rule: 'author. title', title: 'Garden Walls' }],
  ['Miller (2017) Garden Walls.pdf', { rule: 'author (year) title', author: 'Miller', year: '2017' }],
  ['The Garden Wall, Rose Miller & Tom Baker.pdf', { rule: 'title, author', confidence: 'unsure' }],
  ['The Art of Garden Walls-Rose Miller.pdf', { rule: 'title-author', confidence: 'unsure' }],
  [
    "Garden Walls -- Rose Miller -- 2, 2016 -- Wiley -- Anna's Archive.pdf",
    { rule: "anna's archive", year: '2016' },
  ],
  ['Garden Cycle 05 - Rose Miller - The Wall.pdf', { title: 'The Wall', series: 'Garden Cycle 05' }],
  [
    'Acme Notes - Rose T. Miller - The Garden Wall.pdf',
    { rule: 'series - author - title', confidence: 'unsure' },
  ],
  ['Garden Walls - How to build them.pdf', { rule: 'title - subtitle', author: null }],
  ['《园林史》赵强.pdf', { rule: '《title》', title: '园林史', author: '赵强' }],
  ['Garden Walls.pdf', { rule: 'title', confidence: 'unsure', author: null }],
  [
    'Rose Miller - A Life in Glass (Tom Baker) (Z-Library).pdf',
    { title: 'Rose Miller - A Life in Glass', author: 'Tom Baker' },
  ],
  [
    'Beskol Dorum - Gored Bat (2004, Springer) - libgen.li.pdf',
    { rule: 'author - title', author: 'Beskol Dorum' },
  ],
  ['Beskol Dorum (ed.) - Gored Bat.pdf', { rule: 'author - title', author: 'Beskol Dorum' }],
  ['[日]东野圭吾 - 白夜行.epub', { rule: 'author - title', author: '东野圭吾' }],
  ['《园林》- 赵强.pdf', { title: '园林', author: '赵强' }],
  [
    'Garden Notes - Building Walls (Rose Miller).pdf',
    { title: 'Garden Notes - Building Walls', author: 'Rose Miller' },
  ],
  [
    'Garden Notes - Building Walls by Rose Miller.pdf',
    { title: 'Garden Notes - Building Walls', author: 'Rose Miller' },
  ],
  ['(Craft) Rose T. Miller - Garden Walls -Bozek (2008).pdf', { title: 'Garden Walls', publisher: 'Bozek' }],
  ['Rose Miller - Garden Walls - Cycle Vol 2.pdf', { title: 'Garden Walls', series: 'Cycle Vol 2' }],
  [
    'Zonder - A Study of Walls.pdf',
    { rule: 'title - subtitle', title: 'Zonder - A Study of Walls', author: null },
  ],
  ['Garden Walls- Dolek Pemuz.pdf', { title: 'Garden Walls', author: 'Dolek Pemuz' }],
  ['Garden Walls- Rose Miller.pdf', { title: 'Garden Walls', author: 'Rose Miller' }],
  [
    'Vor- und Nachteile der Mauer - Rose Miller.pdf',
    { title: 'Vor- und Nachteile der Mauer', author: 'Rose Miller' },
  ],
  ['Smith_2020_Machine_Learning.pdf', { title: 'Machine Learning', author: 'Smith', year: '2020' }],
  [
    'Cormen, Leiserson, Rivest - Introduction to Algorithms.pdf',
    { rule: 'author - title', confidence: 'unsure' },
  ],
  ['Probability and Statistics - DeGroot & Schervish.pdf', { author: 'DeGroot, Schervish' }],
  [
    'The Sixth Wall{Rose Miller}{115848639} libgen.li.epub',
    { title: 'The Sixth Wall', author: 'Rose Miller' },
  ],
  ['TheGardenWall-RoseMiller.epub', { title: 'The Garden Wall', author: 'Rose Miller' }],
  ['Unknown - The Garden Wall.pdf', { title: 'The Garden Wall', author: null }],
];

describe('the rule that decides', () => {
  it.each(rules)('reads %s by the right rule', (name, expected) => {
    expect(describeFile(name, { now })).toMatchObject(expected);
  });

  it("prefers the folder owner's style if both sides look like people", () => {
    expect(describeFile('Rose Miller (2011) - Dolek Pemuz.pdf', { now })).toMatchObject({
      title: 'Rose Miller',
    });
    expect(describeFile('Rose_Miller - Dolek Pemuz.pdf', { now })).toMatchObject({ title: 'Rose Miller' });
    expect(describeFile('Rose Miller - Dolek Pemuz.pdf', { now })).toMatchObject({ author: 'Rose Miller' });
  });
});

const extras: [name: string, expected: Partial<FileNameReading>][] = [
  ['The River City [9780306406157].epub', { title: 'The River City', isbn: '9780306406157' }],
  ['River City - 0-306-40615-2.epub', { isbn: '0306406152' }],
  ['9780306406157.pdf', { title: '9780306406157', isbn: '9780306406157' }],
  [
    'Ann Lee - Glass (2004, Springer New York) - libgen.li.pdf',
    { publisher: 'Springer New York', year: '2004' },
  ],
  ['Ann Lee - The Art of Glass-Wiley (2004).pdf', { publisher: 'Wiley', title: 'The Art of Glass' }],
  ['Ann Lee - The Art of Self-Help (2004).pdf', { title: 'The Art of Self-Help' }],
  [
    '[Texts in Glass 12] Ann Lee - Glass.pdf',
    { series: 'Texts in Glass 12', title: 'Glass', author: 'Ann Lee' },
  ],
  ['Glass - Ann Lee (3rd ed., 2014).pdf', { edition: '3rd ed.', year: '2014' }],
  ['Glass by Ann Lee [ENG / epub]', { language: 'en', title: 'Glass', author: 'Ann Lee' }],
  ['Glass[Craft] (2017).pdf', { tags: ['Craft'], title: 'Glass', year: '2017' }],
];

it.each(extras)('reads the extra fields of %s', (name, expected) => {
  expect(describeFile(name, { now })).toMatchObject(expected);
});

it('returns no extra field that the name does not contain', () => {
  const got = describeFile('The Garden Wall - Rose Miller.pdf', { now });
  expect(Object.keys(got).sort()).toEqual(['author', 'confidence', 'rule', 'title', 'year']);
});

it.each([
  ['2027', '2027'],
  ['2028', null],
  ['1450', '1450'],
  ['1449', null],
  ['2016-11', '2016'],
  ['201611', '2016'],
  ['201613', null],
  ['05-15-2020', '2020'],
  ['Oct 15th, 2014', '2014'],
  ['3 May 2014', '2014'],
  ['12345', null],
])('reads the date %s as the year %s', (text, year) => {
  expect(readDate(text, 2027)).toBe(year);
});

it.each([
  ['Art of Electronics 2020', '2020'],
  ['Networks, Jun 2019', '2019'],
  ['Europe Since 1945', undefined],
  ['The Great War 1914-1918', undefined],
  ['Excel 2019', undefined],
  ['The French Revolution 1789', undefined],
  ['Space 2099', undefined],
  ['1984', undefined],
])('reads the year at the end of "%s" as %s', (text, year) => {
  expect(takeTrailingYear(text, 2027)?.year).toBe(year);
});

it('never reads an arXiv number as a year', () => {
  expect(describeFile('2005.14165 - Few-Shot Learners.pdf', { now })).toMatchObject({
    year: null,
    title: 'Few-Shot Learners',
  });
});

it.each([
  ['9780306406157', '9780306406157'],
  ['9780306406158', null],
  ['isbn13 9780306406157', '9780306406157'],
  ['0-306-40615-2', '0306406152'],
  ['080442957X', '080442957X'],
  ['0306406153', null],
  ['1234567890123', null],
])('reads %s as the ISBN %s', (text, isbn) => {
  expect(readIsbn(text)).toBe(isbn);
});

it.each([
  ['Doe, John', ['John Doe']],
  ['Doe, John; Roe, Ann', ['John Doe', 'Ann Roe']],
  ['Doe, John, Roe, Ann', ['John Doe', 'Ann Roe']],
  ['John Doe, Ann Roe and Tom Poe', ['John Doe', 'Ann Roe', 'Tom Poe']],
  ['Carmen Ruiz y Jorge Vidal', ['Carmen Ruiz', 'Jorge Vidal']],
  ['José Ortega y Gasset', ['José Ortega y Gasset']],
  ['Van den Bossche, Peter', ['Peter Van den Bossche']],
  ['Doe, J. K.', ['J. K. Doe']],
  ['Иванов И.И., Петров П.П.', ['Иванов И.И.', 'Петров П.П.']],
  ['John Doe (ed.)', ['John Doe']],
  ['John Doe, Ann Roe et al.', ['John Doe', 'Ann Roe']],
  ['[美] Robert Brown 著, 李明 译', ['Robert Brown']],
  ['Martin Luther King, Jr.', ['Martin Luther King Jr.']],
  ['The Art of Glass', undefined],
  ['A Startup Enxuta', undefined],
  ['Windows 95', undefined],
])('reads the people in "%s"', (text, names) => {
  expect(readPeople(text)?.names).toEqual(names);
});

it.each([
  ['Springer', true],
  ['O’Reilly Media', true],
  ['Cambridge University Press', true],
  ['北京大学医学出版社', true],
  ['Casa do Código', true],
  ['Manning Clark', false],
  ['The Freedom of the Press', false],
  ['Handbook of Soil Science-CRC Press', false],
])('decides whether "%s" is a publisher: %s', (text, publisher) => {
  expect(isPublisher(text)).toBe(publisher);
});
