/**
 * Reads title, author and year from a file name.
 *
 * text.ts turns the name into a line of text, and segments.ts splits the line into segments and brackets. finds.ts,
 * marks.ts, dates.ts and publishers.ts take out what is neither title nor author. The rules (one-phrase.ts,
 * punctuated.ts, separated.ts) judge which side of the rest looks like people (person.ts, people.ts, evidence.ts).
 * If there is no evidence, the convention of the folder's owner applies: title first.
 */
import type { Description } from '../../core/book.ts';
import { runCauses } from '../../core/causes.ts';
import { errorOf, type SyncError } from '../../core/errors.ts';
import { isYear, readDate, takeTrailingYear } from '../dates.ts';
import { readIsbn } from '../isbn.ts';
import { isNobody } from '../people.ts';
import { type Line, lineOf, stemOf, tidy } from '../text.ts';
import { titleEvidence } from './evidence.ts';
import { type Finds, newFinds, sift } from './finds.ts';
import { isIdentifier } from './marks.ts';
import { aroundYear, bracketedAuthor, readPhrase, withoutPublisher } from './one-phrase.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { contentOf, joined, readArchiveName, readSeparated } from './separated.ts';
import type { Context, Verdict } from './verdict.ts';

/** What a file name says. `rule` names the rule that decided, and `confidence` says how far to trust it. */
export interface FileNameReading extends Description {
  rule: string;
  confidence: 'sure' | 'unsure';
  /** What a book's name should say but this one does not. The book is added to the catalog anyway. */
  problem?: SyncError;
}

export interface DescribeOptions {
  /** Defaults to today. A year later than the next calendar year is not a year of publication. */
  now?: Date;
}

/**
 * Reads title, author and year from a file name. Never throws, whatever the string. The title is never empty.
 * `problem` is set if the name gives a title and says nothing about who wrote the book.
 */
export function describeFile(fileName: string, options: DescribeOptions = {}): FileNameReading {
  const finds = newFinds((options.now ?? new Date()).getUTCFullYear() + 1);
  const stem = stemOf(fileName);
  const line = lineOf(stem);
  const verdict = read(line, finds);
  const title = takeYear(verdict.title, finds);
  const authors = (verdict.author ?? [])
    .map((name) => takeYear(name, finds))
    .filter((name) => name !== '' && !isNobody(name));
  const reading: FileNameReading = {
    title: trimmed(title) || trimmed(verdict.title) || stem || 'Untitled',
    author: authors.length === 0 ? null : authors.join(', '),
    year: finds.year,
    rule: verdict.rule,
    confidence: verdict.sure ? 'sure' : 'unsure',
    ...extras(finds),
  };
  const convention = finds.tags.length > 0 || verdict.author !== null;
  if (reading.author === null && !convention) {
    reading.problem = errorOf(runCauses.noAuthor, 'the name gives a title but no author', {
      reason: 'noAuthor',
    });
  }
  return reading;
}

function read({ text: line, glued, titleGlued }: Line, finds: Finds): Verdict {
  const anyCase = line === line.toLowerCase();
  const chinese = /^(.*?)《([^《》]+)》(.*)$/u.exec(line);
  const plain = withoutIdentifier(withoutPrefixes(line), finds);
  const cut = segmentsOf(plain);
  const { segments, leading } = sift(cut, finds);
  const ownerStyle = titleGlued || endsInYear(cut[0], finds.lastYear);
  const context: Context = { finds, anyCase, glued, leading, ownerStyle };
  if (chinese !== null) {
    const rest = `${chinese[1]} ${chinese[3]}`.trim();
    const verdict = readPhrase(
      {
        joint: 'start',
        pieces: [
          { kind: 'words', text: '《》' },
          { kind: 'group', text: rest.replace(/[()[\]–—-]/gu, ' ').trim(), square: false },
        ],
      },
      context,
    );
    return { title: chinese[2] as string, author: verdict?.author ?? null, rule: '《title》', sure: true };
  }
  const archive = readArchiveName(segments, context);
  if (archive !== null) return archive;
  const around = yearBetween(cut, glued, finds.lastYear);
  const cited = around === null ? null : aroundYear(around[0], around[1], anyCase);
  if (cited !== null) {
    finds.year ??= /(?:19|20)\d{2}/u.exec(plain)?.[0] ?? null;
    return cited;
  }
  const { content, yearInside } = contentOf(segments, context);
  if (content.length === 0) return { title: line, author: null, rule: 'title', sure: false };
  if (content.length === 1) {
    const only = content[0] as Segment;
    return (
      readPhrase(only, context) ?? {
        title: withoutPublisher(joined(content, context), finds),
        author: null,
        rule: 'title',
        sure: false,
      }
    );
  }
  if (finds.source) {
    const last = content[content.length - 1] as Segment;
    const bracketed = bracketedAuthor(last.pieces, context);
    if (bracketed !== null)
      return {
        ...bracketed,
        title: joined(
          [...content.slice(0, -1), { joint: 'spaced', pieces: [{ kind: 'words', text: bracketed.title }] }],
          context,
        ),
      };
  }
  return readSeparated(content, context, yearInside);
}

/** Removes a final `ISBN 1449373321` or `-B0F5TFL6ZQ`, but keeps `9781491903995.pdf`, which has no other title. */
function withoutIdentifier(line: string, finds: Finds): string {
  const found = /^(?:(.+?)\s+(?=e?ISBN))?((?:e?ISBN[\s:-]*)?[\dX-]{10,17})$/iu.exec(line);
  const isbn = readIsbn(found?.[2] ?? '');
  if (found !== null && isbn !== null) {
    finds.isbn = isbn;
    return found[1] ?? line;
  }
  for (const joint of [' ', '_', '-']) {
    const at = line.lastIndexOf(joint);
    const [head, tail] = [line.slice(0, at), line.slice(at + 1)];
    if (at < 2 || !/[\p{L}\p{N})\]!?.]$/u.test(head) || !isIdentifier(tail)) continue;
    const isbn = readIsbn(tail);
    if (isbn !== null) finds.isbn ??= isbn;
    return head;
  }
  return line;
}

/** Removes an arXiv ID or a list number before the title, and a page count. */
function withoutPrefixes(line: string): string {
  let text = line.replace(
    /^(?:arxiv[\s:.-]*)?\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,2})?[\s.:_-]+(?=\S)/iu,
    '',
  );
  const pages = /\s\d{1,4} pages(?=\s|$)/iu;
  if (pages.test(text)) text = text.replace(pages, '').replace(/^(?:e-?)?book\s+/iu, '');
  return text.replace(/^(?:\d{1,2}\.|0\d)\s+(?=\p{Lu}|\p{Lo})/u, '');
}

/** True for `Title (1976) - ...`, which is where the folder's owner puts the year. */
function endsInYear(segment: Segment | undefined, lastYear: number): boolean {
  const last = segment?.pieces.at(-1);
  return (
    (segment?.pieces.length ?? 0) > 1 && last?.kind === 'group' && readDate(last.text, lastYear) !== null
  );
}

function yearBetween(
  segments: readonly Segment[],
  glued: boolean,
  lastYear: number,
): [string, string] | null {
  const pieces = segments.length === 1 ? (segments[0] as Segment).pieces : [];
  const [before, year, after] = pieces;
  if (pieces.length === 1 && before?.kind === 'words') return bareYearBetween(before.text, glued, lastYear);
  if (before?.kind !== 'words' || year?.kind !== 'group' || after?.kind !== 'words') return null;
  return readDate(year.text, lastYear) === null ? null : [before.text, after.text];
}

/** `Smith_2020_Machine_Learning`, `Smith et al 2020 Machine Learning`: a citation whose year is not in brackets. */
function bareYearBetween(text: string, glued: boolean, lastYear: number): [string, string] | null {
  const found = /^(\p{Lu}\p{Ll}+( et al\.?)?) ((?:19|20)\d{2}) (\p{L}.*)$/u.exec(text);
  if (found === null || (!glued && found[2] === undefined)) return null;
  const [, author = '', , year = '', title = ''] = found;
  const product = titleEvidence(author) > 0 || readDate(`${author} ${year}`, lastYear) !== null;
  return product || !isYear(year, lastYear) ? null : [author, title];
}

function takeYear(phrase: string, finds: Finds): string {
  if (finds.year !== null) return phrase;
  const found = takeTrailingYear(phrase, finds.lastYear);
  if (found === null) return phrase;
  finds.year = found.year;
  return found.rest;
}

function trimmed(title: string): string {
  return tidy(title.replace(/^[\s,;:.–—-]+|[\s,;:–—-]+$/gu, '').replace(/(?<=\p{L}{3})\.$/u, ''));
}

function extras(finds: Finds): Partial<Description> {
  const { isbn, publisher, series, edition, language, tags } = finds;
  return {
    ...(isbn === undefined ? {} : { isbn }),
    ...(publisher === undefined ? {} : { publisher }),
    ...(series === undefined ? {} : { series }),
    ...(edition === undefined ? {} : { edition }),
    ...(language === undefined ? {} : { language }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}
