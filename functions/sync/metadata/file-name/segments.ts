/** Splits a line of text into segments at its separators, and each segment into words and bracket groups. */

/** Words, or the inside of a pair of brackets (nested brackets stay in the text). */
export type Piece = { kind: 'words'; text: string } | { kind: 'group'; text: string; square: boolean };

/** How a segment is joined to the previous one: ` - `, ` -- `, or a dash with a space on one side only. */
export type Joint = 'start' | 'spaced' | 'double' | 'lopsided';

export interface Segment {
  joint: Joint;
  pieces: Piece[];
}

const dashes = new Set(['-', '–', '—', '―', '‒']);
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** What follows a dash that is only a hyphen, as in `Vor- und Nachteile`. */
const hyphenTail = /^\s(?:und|oder|and|or|y|e|ou|et|bzw|i|и)\s/iu;

/** Splits a line at its separators outside brackets, in linear time. Unmatched brackets are ordinary characters. */
export function segmentsOf(line: string): Segment[] {
  const partner = partners(line);
  const segments: Segment[] = [{ joint: 'start', pieces: [] }];
  let words = '';
  function last(): Segment {
    return segments[segments.length - 1] as Segment;
  }
  function flush(): void {
    if (words.trim() !== '') last().pieces.push({ kind: 'words', text: words.trim() });
    words = '';
  }
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] as string;
    const close = partner.get(at);
    if (close !== undefined) {
      flush();
      last().pieces.push({ kind: 'group', text: line.slice(at + 1, close).trim(), square: char === '[' });
      at = close;
      continue;
    }
    const run = dashes.has(char) ? dashRun(line, at) : 0;
    const joint = run > 0 ? jointAt(line, at, run, words === '' && last().pieces.length > 0) : null;
    if (joint === null) {
      words += run > 0 ? line.slice(at, at + run) : char;
    } else {
      flush();
      segments.push({ joint, pieces: [] });
    }
    if (run > 0) at += run - 1;
  }
  flush();
  return segments.filter((segment) => segment.pieces.length > 0);
}

function dashRun(line: string, at: number): number {
  let end = at;
  while (end < line.length && dashes.has(line[end] as string)) end += 1;
  return end - at;
}

function jointAt(line: string, at: number, run: number, afterGroup: boolean): Joint | null {
  const before = at === 0 || line[at - 1] === ' ' || afterGroup;
  const after = at + run >= line.length || line[at + run] === ' ';
  if (before && after) return run >= 2 && line[at] === '-' ? 'double' : 'spaced';
  if (before) return /^[\p{L}([{]/u.test(line.slice(at + run)) ? 'lopsided' : null;
  if (after) return hyphenTail.test(line.slice(at + run, at + run + 8)) ? null : 'lopsided';
  return run === 1 && (line[at] === '—' || line[at] === '―') ? 'spaced' : null;
}

/** Maps the index of each opening bracket to the index where it closes, outer pairs included. */
function partners(line: string): Map<number, number> {
  const open: number[] = [];
  const found = new Map<number, number>();
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] as string;
    if (char in closers) open.push(at);
    if (char !== ')' && char !== ']' && char !== '}') continue;
    const from = open.findLastIndex((start) => closers[line[start] as string] === char);
    if (from < 0) continue;
    found.set(open[from] as number, at);
    open.length = from;
  }
  return found;
}

/** Turns a segment back into text, with its brackets. */
export function written(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) =>
      piece.kind === 'words' ? piece.text : piece.square ? `[${piece.text}]` : `(${piece.text})`,
    )
    .join(' ')
    .replace(/ (?=[,.;:!?](?:\s|$))/gu, '');
}
