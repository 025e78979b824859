/** The folder owner's conventions are all read exactly right (issue 2, item 3). */
import { describe, expect, it } from 'vitest';
import { MetadataError } from '../../../functions/sync/core/errors.ts';
import { describeFile } from '../../../functions/sync/metadata/file-name/describe-file.ts';

const rows: [name: string, title: string, author: string | null, year: string | null, tags?: string[]][] = [
  ['Clean Code - Robert C. Martin.pdf', 'Clean Code', 'Robert C. Martin', null],
  ['The_Pragmatic_Programmer - Andrew Hunt.pdf', 'The Pragmatic Programmer', 'Andrew Hunt', null],
  ['The Selfish Gene (1976) - Richard Dawkins.pdf', 'The Selfish Gene', 'Richard Dawkins', '1976'],
  ['The Selfish Gene - Richard Dawkins (1976).epub', 'The Selfish Gene', 'Richard Dawkins', '1976'],
  ['Atlas_Shrugged-Ayn_Rand (1957).pdf', 'Atlas Shrugged', 'Ayn Rand', '1957'],
  ['Atlas_Shrugged-Ayn_Rand.PDF', 'Atlas Shrugged', 'Ayn Rand', null],
  ['21st Century C (2013)- Chris Strom.pdf', '21st Century C', 'Chris Strom', '2013'],
  ['attentionisallyouneed[LLM] (2017).pdf', 'attentionisallyouneed', null, '2017', ['LLM']],
  ['Die Verwandlung - Franz Kafka.Epub', 'Die Verwandlung', 'Franz Kafka', null],
  [
    'Преступление и наказание - Фёдор Достоевский (1866).pdf',
    'Преступление и наказание',
    'Фёдор Достоевский',
    '1866',
  ],
];

describe("the folder owner's conventions", () => {
  it.each(rows)('reads %s', (name, title, author, year, tags) => {
    const got = describeFile(name);
    expect(got).toMatchObject({ title, author, year });
    expect(got.tags).toEqual(tags);
    expect(got.problem).toBeUndefined();
  });

  it('reports a name that gives only a title, and still reads it as a book', () => {
    const got = describeFile('Introduction to Mathematics.pdf');
    expect(got).toMatchObject({ title: 'Introduction to Mathematics', author: null, year: null });
    expect(got.problem).toBeInstanceOf(MetadataError);
    expect(got.problem?.message).toBe('the name gives a title but no author');
    expect(got.problem?.hint).toContain('Title - Author');
  });
});
