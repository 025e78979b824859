/** Collects what a name contains besides title and author: year, publisher, series and so on. */
import { isYear, readDate } from '../dates.ts';
import { readPeople } from '../people.ts';
import { isPublisher } from '../publishers.ts';
import { isSeries, readMark } from './marks.ts';
import type { Piece, Segment } from './segments.ts';

export interface Finds {
  lastYear: number;
  year: string | null;
  isbn?: string;
  publisher?: string;
  series?: string;
  edition?: string;
  language?: string;
  tags: string[];
  /** The name contains a book site's name, so it follows that site's pattern. */
  source: boolean;
  /** The name contains a group such as `(2010, Springer)`, so it puts the author first. */
  imprint: boolean;
}

export function newFinds(lastYear: number): Finds {
  return { lastYear, year: null, tags: [], source: false, imprint: false };
}

/** Stores a phrase that is a mark, a date, a publisher, or a list of these. Returns false if it is none of them. */
export function absorb(phrase: string, finds: Finds): boolean {
  const text = phrase.trim();
  const parts = text.split(/\s*[,;/|]\s*/u).filter(Boolean);
  const dated = parts.length > 1 && readDate(parts[0] ?? '', finds.lastYear) !== null;
  if (text === '' || (!dated && absorbOne(text, finds))) return true;
  if (parts.length < 2) {
    const words = text.split(/\s+/u);
    const marks = words.length <= 4 && words.every((word) => readMark(word) !== null);
    return marks && words.every((word) => absorbOne(word, finds));
  }
  const first = readDate(parts[0] as string, finds.lastYear);
  if (first !== null) {
    // `(2022, Whoever)`: what follows the year is the publisher.
    finds.year ??= first;
    finds.imprint = true;
    const rest = parts
      .slice(1)
      .filter((part) => readMark(part) === null || !absorbOne(part, finds))
      .join(', ');
    if (rest === '') return true;
    const proper = rest
      .split(' ')
      .every((word) => /^[\P{L}\p{Lu}\p{Lo}]|^(?:and|of|de|y|e|und|et|the)$/u.test(word));
    if (!absorbOne(rest, finds) && proper) finds.publisher ??= rest;
    return true;
  }
  const known = parts.every((part) => isKnown(part, finds));
  if (known) for (const part of parts) absorbOne(part, finds);
  return known;
}

function isKnown(part: string, finds: Finds): boolean {
  return readDate(part, finds.lastYear) !== null || readMark(part) !== null || isPublisher(part);
}

function absorbOne(text: string, finds: Finds): boolean {
  const date = readDate(text, finds.lastYear);
  if (date !== null) {
    finds.year ??= date;
    return true;
  }
  const mark = readMark(text);
  if (mark !== null) {
    if (mark.kind === 'isbn') finds.isbn ??= mark.value;
    if (mark.kind === 'language') finds.language ??= mark.value;
    if (mark.kind === 'edition') finds.edition ??= mark.value;
    if (mark.kind === 'source') finds.source = true;
    return true;
  }
  if (isPublisher(text)) {
    finds.publisher ??= text;
    return true;
  }
  return false;
}

const role = /^(?:auth(?:or)?s?|eds?|editors?|hrsg|hg|orgs?|coords?|red|ред|сост)\.?$/iu;

/**
 * Goes through the bracket groups of a name: absorbs the ones it recognizes, joins roles (`(ed.)`) to the words
 * before them, and keeps the other groups in place. Groups before the first word are returned separately.
 */
export function sift(segments: readonly Segment[], finds: Finds): { segments: Segment[]; leading: string[] } {
  const leading: string[] = [];
  const kept: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const pieces: Piece[] = [];
    for (const piece of segment.pieces) {
      const before = pieces[pieces.length - 1];
      if (piece.kind === 'words') {
        const mark = pieces.length > 0 || kept.length > 0 ? readMark(piece.text, false) : null;
        if (mark?.kind === 'source') finds.source = true;
        else pieces.push({ ...piece });
      } else if (role.test(piece.text) && before?.kind === 'words') before.text += ` (${piece.text})`;
      else if (personWithDate(piece.text, finds) !== null)
        pieces.push({ ...piece, text: personWithDate(piece.text, finds) ?? '' });
      else if (absorbGroup(piece.text, finds)) continue;
      else if (index === 0 && pieces.length === 0) leading.push(piece.text);
      else if (kept.length > 0 && pieces.length === 0 && isSeries(piece.text)) finds.series ??= piece.text;
      else pieces.push({ ...piece });
    }
    if (pieces.length > 0) kept.push({ joint: segment.joint, pieces });
  }
  return { segments: kept, leading };
}

function absorbGroup(text: string, finds: Finds): boolean {
  if (absorb(text, finds)) return true;
  const people = readPeople(text);
  // `(Workman, 2012)`: an unknown publisher or a town, and a year. Only the year is kept.
  const year = /^\p{Lu}[\p{L}.&'’ -]{2,40}, (\d{4})$/u.exec(text)?.[1];
  if (year !== undefined && isYear(year, finds.lastYear) && (people?.evidence ?? 0) < 1) {
    finds.year ??= year;
    return true;
  }
  if (isSeries(text) && (people === null || people.evidence < 3 || /series$/iu.test(text))) {
    finds.series ??= text;
    return true;
  }
  // `(Pure and Applied Mathematics (Academic Press))`: a series with its publisher inside.
  const inner = /^(\P{Ps}+)\(([^()]+)\)$/u.exec(text);
  if (inner !== null && readPeople(inner[1] as string) === null) {
    if (!absorbOne(inner[2] as string, finds) && !isSeries(inner[1] as string)) return false;
    finds.series ??= (inner[1] as string).trim();
    return true;
  }
  return false;
}

/** Returns the people in `(Jo March - Oct 15th, 2014)`, and stores the year. */
function personWithDate(text: string, finds: Finds): string | null {
  const found = /^(.+?)(?: [-–—] |, )(.*\d{4})$/u.exec(text);
  const date = found === null ? null : readDate(found[2] as string, finds.lastYear);
  const people = found === null || date === null ? null : readPeople(found[1] as string);
  if (people === null || people.evidence < 1 || isPublisher(found?.[1] as string)) return null;
  finds.year ??= date;
  return found?.[1] as string;
}
