/** The rules for names of several phrases with separators between them: `A - B`, `A - B - C`, `A -- B -- C -- D`. */
import { readDate, takeTrailingYear } from '../dates.ts';
import { isNationality, isTranslator, readPeople } from '../people.ts';
import { isPublisher } from '../publishers.ts';
import { authorFirst, mayBeAuthor, type Weighed, weigh } from './evidence.ts';
import { absorb, type Finds } from './finds.ts';
import { isNumberedSeries, isVolume, readMark } from './marks.ts';
import { bracketedAuthor, byAuthor, withoutPublisher, withoutUnknownPublisher } from './one-phrase.ts';
import { type Piece, type Segment, written } from './segments.ts';
import type { Context, Verdict } from './verdict.ts';

/**
 * Anna's Archive: `Title -- Author -- edition, city, year -- publisher -- isbn13 ... -- md5 -- Anna's Archive`.
 * Returns null unless the name has at least three fields, and at least two that are not marks.
 */
export function readArchiveName(segments: readonly Segment[], context: Context): Verdict | null {
  if (segments.length < 3 || !segments.some((segment) => segment.joint === 'double')) return null;
  const fields: string[] = [];
  for (const segment of segments) {
    const text = written(segment.pieces);
    if (segment.joint === 'spaced' && fields.length > 0) fields.push(`${fields.pop()} - ${text}`);
    else fields.push(text);
  }
  const { finds } = context;
  const content = fields.filter((field) => {
    const mark = readMark(field);
    return mark === null || !absorb(field, finds);
  });
  if (content.length < 2 || fields.length < 3) return null;
  const [title, second, ...rest] = content as [string, string, ...string[]];
  const author =
    readDate(second, finds.lastYear) === null && !isPublisher(second) ? readPeople(second) : null;
  const details = author === null ? [second, ...rest] : rest;
  for (const [at, field] of details.entries()) absorbDetails(field, context, at === details.length - 1);
  return { title, author: author?.names ?? null, rule: "anna's archive", sure: author !== null };
}

/** `2nd ed., Boston, 2010` or a publisher: stores the year and whatever else it recognizes. */
function absorbDetails(field: string, { finds }: Context, last: boolean): void {
  const date = /(?:^|,)\s*([^,]*(?:,\s*)?\d{4})\s*$/u.exec(field)?.[1];
  const year = date === undefined ? undefined : /(\d{4})$/u.exec(date)?.[1];
  if (year !== undefined) finds.year ??= readDate(year, finds.lastYear);
  for (const part of field.split(/\s*,\s*/u)) if (readMark(part)?.kind === 'edition') finds.edition ??= part;
  if (last && year === undefined && readMark(field) === null) finds.publisher ??= field;
}

/** Drops the segments that are marks, dates, publishers, series or numbers, and keeps the others. */
export function contentOf(
  segments: readonly Segment[],
  context: Context,
): { content: Segment[]; yearInside: boolean } {
  let content = [...segments];
  let yearInside = false;
  for (let at = content.length - 1; at >= 0 && content.length > 1; at -= 1) {
    const drop = isExtra(content, at, context);
    if (!drop) continue;
    if (
      at > 0 &&
      at < content.length - 1 &&
      readDate(written((content[at] as Segment).pieces), context.finds.lastYear) !== null
    ) {
      yearInside = true;
    }
    const dropped = content[at] as Segment;
    const groups = dropped.pieces.filter((piece) => piece.kind === 'group');
    absorb(written(dropped.pieces.filter((piece) => piece.kind === 'words')), context.finds);
    content = content.toSpliced(at, 1);
    if (groups.length > 0 && at > 0) content[at - 1]?.pieces.push(...groups);
  }
  return { content, yearInside };
}

function isExtra(content: readonly Segment[], at: number, { finds, anyCase }: Context): boolean {
  const text = wordsOf(content[at] as Segment);
  const last = at === content.length - 1;
  const others = content.filter((_, index) => index !== at);
  const person = others.some((other) => (readPeople(wordsOf(other), anyCase)?.evidence ?? 0) >= 2);
  if (text === '') return true;
  // `- for(z-lib.org)`; `- translated by Somebody`.
  if (last && finds.source && /^(?:for|from)$/iu.test(text)) return true;
  if (at > 0 && isTranslator(text)) return true;
  const mark = readMark(text);
  if (
    mark !== null &&
    mark.kind !== 'note' &&
    (mark.kind !== 'format' || last) &&
    !(mark.kind === 'edition' && at === 0)
  ) {
    return mark.kind !== 'language' || last;
  }
  // `George Orwell - 1984`, `300 - Frank Miller`: if the rest is only a person, the number is the title.
  if (readDate(text, finds.lastYear) !== null) return others.length > 1 || !person;
  if (at === 0 && /^\d{1,3}(?:\.\d{1,2})?$/u.test(text))
    return others.length > 1 || !person || /^0|\./u.test(text);
  if (isPublisher(text)) return last || others.length > 1 || !person;
  if (at > 0 && isVolume(text)) return true;
  const numbered =
    isNumberedSeries(text) || (others.length > 1 && person && /^\p{L}.*\s\d{1,2}$/u.test(text));
  // `Author - Title - Series Vol 2`.
  const closing =
    last && others.length > 1 && person && /\s(?:vol(?:ume)?\.?|book|#)\s?\d{1,3}(?:\.\d)?$/iu.test(text);
  if ((numbered && !last) || closing) {
    const strong = others.filter((other) => (readPeople(wordsOf(other), anyCase)?.evidence ?? 0) >= 3).length;
    if (others.length > strong) {
      finds.series ??= text;
      return true;
    }
  }
  return false;
}

/** The words of a segment without its brackets. */
function wordsOf(segment: Segment): string {
  return written(segment.pieces.filter((piece) => piece.kind === 'words'));
}

/** Decides between author first and title first; falls back to the owner's convention, title first. */
export function readSeparated(content: readonly Segment[], context: Context, yearInside: boolean): Verdict {
  const { finds } = context;
  const first = content[0] as Segment;
  const last = content[content.length - 1] as Segment;
  const head = weighSegment(first, context);
  const knownBefore = finds.publisher !== undefined;
  const tail = weighSegment(last, context, withoutPublisher(wordsOf(last), finds));
  const imprint =
    finds.imprint || (finds.source && !lastIsGroup(last)) || (!knownBefore && finds.publisher !== undefined);
  const bias = biasOf(context, content.length, imprint, yearInside);
  // `Author - Title -Publisher (Year)`: old libgen names put a dash with one space before the publisher.
  if (
    content.length > 2 &&
    last.joint === 'lopsided' &&
    finds.year !== null &&
    (head.people?.evidence ?? 0) >= 3 &&
    tail.balance < 2
  ) {
    finds.publisher ??= tail.text;
    return readSeparated(content.slice(0, -1), context, yearInside);
  }
  const bracketed =
    (head.people?.evidence ?? 0) < 3 && lastIsGroup(last) ? bracketedAuthor(last.pieces, context) : null;
  if (bracketed !== null)
    return { ...bracketed, title: `${joined(content.slice(0, -1), context)} - ${bracketed.title}` };
  const by = tail.balance < 2 && head.balance < 2 ? byAuthor(last.pieces, context) : null;
  if (by !== null) return { ...by, title: `${joined(content.slice(0, -1), context)} - ${by.title}` };
  if (authorFirst(head, tail, bias) && head.people !== null) {
    const whole = withoutPublisher(joined(content.slice(1), context), finds);
    const title = head.people.evidence >= 3 ? withoutUnknownPublisher(whole, finds) : whole;
    return {
      title,
      author: head.people.names,
      rule: 'author - title',
      // A single word before a title may be the title itself (`Sapiens - The Story of ...`).
      sure: head.balance - tail.balance >= 4 && (head.people.evidence >= 2 || bias > 0),
    };
  }
  const enough = content.length === 2 ? mayBeAuthor(tail, head) : tail.people !== null && tail.balance >= 1;
  if (enough && tail.people !== null) {
    const title = joined(content.slice(0, -1), context);
    return {
      title,
      author: tail.people.names,
      rule: 'title - author',
      sure: tail.balance >= 2 && tail.balance - head.balance >= 2,
    };
  }
  for (const [at, segment] of content.entries()) {
    const side = weighSegment(segment, context);
    if (at === 0 || at === content.length - 1 || side.people === null || side.balance < 3) continue;
    const title = joined(content.slice(at + 1), context);
    return { title, author: side.people.names, rule: 'series - author - title', sure: false };
  }
  return {
    title: withoutPublisher(joined(content, context), finds),
    author: null,
    rule: 'title - subtitle',
    sure: false,
  };
}

/** The evidence from the rest of the name: above 0 for author first, below 0 for the owner's order, title first. */
function biasOf(context: Context, phrases: number, imprint: boolean, yearInside: boolean): number {
  const owner = context.ownerStyle && phrases === 2 ? -3 : 0;
  const series = context.leading.length > 0 ? 2 : 0;
  const country = context.leading.some(isNationality) ? 4 : 0;
  return owner + series + country + (imprint ? 3 : 0) + (yearInside ? 4 : 0);
}

function weighSegment(segment: Segment, { anyCase, finds }: Context, text = wordsOf(segment)): Weighed {
  const trailing = takeTrailingYear(text, finds.lastYear);
  return weigh(trailing === null || finds.year !== null ? text : trailing.rest, anyCase);
}

function lastIsGroup(segment: Segment): boolean {
  return segment.pieces[segment.pieces.length - 1]?.kind === 'group';
}

/** Writes segments as one title. A book site's bracketed extras are left out; square brackets become tags. */
export function joined(segments: readonly Segment[], { finds }: Context): string {
  return segments
    .map((segment) => written(segment.pieces.filter((piece) => keep(piece, segment, finds))))
    .filter((text) => text !== '')
    .join(' - ');
}

function keep(piece: Piece, segment: Segment, finds: Finds): boolean {
  if (piece.kind === 'words') return true;
  if (!finds.source && !piece.square) return true;
  if (piece.square && segment.pieces.length > 1) finds.tags.push(piece.text);
  return false;
}
