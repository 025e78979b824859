/** The rules for names of one phrase: which words are the title and which are the author. */
import { takeTrailingYear } from '../dates.ts';
import { readPeople } from '../people.ts';
import { isPublisherTail } from '../publishers.ts';
import { authorFirst, mayBeAuthor, titleEvidence, type Weighed, weigh } from './evidence.ts';
import type { Finds } from './finds.ts';
import { authorStopTitle, titleComma } from './punctuated.ts';
import { type Piece, type Segment, written } from './segments.ts';
import type { Context, Verdict } from './verdict.ts';

/** Tries the rules for a name without separators, the most reliable first. Returns null if there is only a title. */
export function readPhrase(segment: Segment, context: Context): Verdict | null {
  return (
    leadingAuthor(segment, context) ??
    byAuthor(segment.pieces, context) ??
    bracketedAuthor(segment.pieces, context) ??
    hyphenated(segment, context) ??
    authorStopTitle(segment, context) ??
    titleComma(segment, context)
  );
}

/** `[Forman_A._Williams]_Combustion_Theory`: brackets before the title that clearly contain people. */
function leadingAuthor(segment: Segment, { leading, anyCase, glued }: Context): Verdict | null {
  const people = leading.length === 1 ? readPeople(leading[0] as string, anyCase) : null;
  // For sites that write `[Some_Author]_Title(site)`, less evidence is enough.
  const full = glued && people?.names.every((name) => name.includes(' ')) === true;
  const characters = /^\p{sc=Han}{3,5}$/u.test(leading[0] ?? '');
  if (people === null || people.evidence < (characters ? 0 : full ? 1 : 3)) return null;
  return { title: written(segment.pieces), author: people.names, rule: '[author] title', sure: true };
}

/** `Title by Author`. Brackets between them are left out. */
export function byAuthor(pieces: readonly Piece[], { finds, anyCase }: Context): Verdict | null {
  const last = pieces.findLastIndex((piece) => piece.kind === 'words');
  const text = pieces[last]?.text ?? '';
  const at = ` ${text}`.search(/ by (?!.* by )/iu);
  if (last < 0 || at < 0 || (at === 0 && last === 0)) return null;
  const dated = takeTrailingYear(text.slice(at + 3), finds.lastYear);
  const side = weigh(dated?.rest ?? text.slice(at + 3).trim(), anyCase);
  if (side.people === null || side.balance < (finds.source ? 0 : 1)) return null;
  if (side.people.evidence < 2 && !side.text.includes(' ')) return null;
  // `Development By Example`: after a capitalized `By`, the name needs clear evidence.
  if (text.slice(at).startsWith('By') && side.people.evidence < 3) return null;
  if (dated !== null) finds.year ??= dated.year;
  const before: Piece[] = [...pieces.slice(0, last), { kind: 'words', text: text.slice(0, at).trim() }];
  const words = before.filter((piece) => piece.kind === 'words' && piece.text !== '');
  const title = written(words).replace(/,?\s+(?:written|edited)$/iu, '');
  return title === ''
    ? null
    : { title, author: side.people.names, rule: 'title by author', sure: side.balance >= 2 || finds.source };
}

/** `Title (Author)`, `Title (Series) (Author)`, `Title (anything) Author`. */
export function bracketedAuthor(pieces: readonly Piece[], { finds, anyCase }: Context): Verdict | null {
  const last = pieces[pieces.length - 1];
  if (last === undefined || pieces.length < 2) return null;
  if (last.kind === 'group') {
    const people = peopleOfGroup(last.text, finds, anyCase);
    if (people === null || (last.square && !areSurelyPeople(last.text, anyCase))) return null;
    const before = pieces.slice(0, -1);
    // Book sites put a series before the author. In other names such brackets belong to the title.
    const words = before.filter((piece) => piece.kind === 'words');
    const title = written(finds.source || before.some((piece) => piece.kind === 'group') ? words : before);
    return title === '' ? null : { title, author: people, rule: 'title (author)', sure: true };
  }
  const side = weigh(last.text, anyCase);
  const before = pieces.slice(0, -1).filter((piece) => piece.kind === 'words');
  if (side.people === null || side.balance < 1 || before.length === 0) return null;
  if (weigh(written(before), anyCase).balance >= side.balance) return null;
  return {
    title: written(before),
    author: side.people.names,
    rule: 'title (…) author',
    sure: side.balance >= 3,
  };
}

/** True for full names with clear evidence. Square brackets usually contain tags. */
function areSurelyPeople(text: string, anyCase: boolean): boolean {
  const people = readPeople(text, anyCase);
  return people !== null && people.evidence >= 3 && people.names.every((name) => /\s|\p{Lo}/u.test(name));
}

/** Returns the people in the last brackets: `Robert C. Martin [Martin, Robert C.]`, `Jo March - Oct 15th, 2014`. */
function peopleOfGroup(text: string, finds: Finds, anyCase: boolean): string[] | null {
  const outer = text.replace(/(?<=\S)\s*\[[^[\]]*\]\s*$/u, '');
  const people = readPeople(outer, anyCase);
  if (people === null) return null;
  const side = weigh(outer, anyCase);
  // In brackets, a name in Chinese characters needs no known surname.
  const least = finds.source ? -2 : /^\p{sc=Han}{2,5}$/u.test(outer) ? 0 : 1;
  return side.balance >= least ? people.names : null;
}

/** `Smith (2020) Machine Learning`: a year between two phrases. Author first, unless the second is people. */
export function aroundYear(before: string, after: string, anyCase: boolean): Verdict | null {
  const first = weigh(before.replace(/[\s,]+$/u, ''), anyCase);
  const second = weigh(after.replace(/^[\s,.]+/u, ''), anyCase);
  if (authorFirst(first, second, 1) && first.people?.names.every((name) => name.split(' ').length <= 4)) {
    return {
      title: second.text,
      author: first.people.names,
      rule: 'author (year) title',
      sure: second.people === null,
    };
  }
  if (second.people === null || second.balance < 2) return null;
  return {
    title: first.text,
    author: second.people.names,
    rule: 'title (year) author',
    sure: second.balance >= 3,
  };
}

/** Bare hyphens: the owner's `Title-Author` with underscores, and libgen's old `Author-Title-Publisher (Year)`. */
function hyphenated(segment: Segment, context: Context): Verdict | null {
  const { anyCase, glued, finds } = context;
  const text = written(segment.pieces);
  // With a single hyphen, the owner's `Title-Author` takes precedence over a publisher.
  const bare = glued && text.indexOf('-') === text.lastIndexOf('-') ? text : withoutPublisher(text, finds);
  if (glued) return gluedTitleAuthor(cutsAt(bare, anyCase), bare === text ? -1 : 3);
  for (const [head, tail] of cutsAt(bare, anyCase)) {
    const known =
      tail.people !== null &&
      tail.people.evidence >= 4 &&
      tail.people.names.every((name) => name.includes(' '));
    if (known && head.balance <= 0 && head.text.includes(' ')) {
      return { title: head.text, author: tail.people?.names ?? [], rule: 'title-author', sure: false };
    }
    const names = head.people?.names ?? [];
    if (names.length === 0 || head.balance < 1 || !names.some((name) => name.includes(' '))) continue;
    const lead = head.balance - tail.balance;
    if (!/^\p{Lu}/u.test(tail.text) || !tail.text.includes(' ') || lead < (bare === text ? 4 : 1)) continue;
    const title = withoutUnknownPublisher(tail.text, finds);
    return { title, author: names, rule: 'author-title-publisher', sure: true };
  }
  return null;
}

/** Splits the phrase at each of its first hyphens, and weighs both halves. */
function cutsAt(text: string, anyCase: boolean): [Weighed, Weighed][] {
  const cuts: [Weighed, Weighed][] = [];
  for (let at = text.indexOf('-'); at > 0 && cuts.length < 12; at = text.indexOf('-', at + 1)) {
    const [head, tail] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (head !== '' && tail !== '') cuts.push([weigh(head, anyCase), weigh(tail, anyCase)]);
  }
  return cuts;
}

function gluedTitleAuthor(cuts: readonly [Weighed, Weighed][], bias: number): Verdict | null {
  let best: [Weighed, Weighed] | null = null;
  for (const cut of cuts) {
    const score = Math.max(cut[1].balance, cut[0].people === null ? -9 : cut[0].balance);
    if (best === null || score > Math.max(best[1].balance, best[0].people === null ? -9 : best[0].balance))
      best = cut;
  }
  if (best === null) return null;
  const [head, tail] = best;
  const rule = 'title_author';
  if (authorFirst(head, tail, bias) && (tail.people === null || bias > 0))
    return { title: tail.text, author: head.people?.names ?? [], rule, sure: true };
  if (!mayBeAuthor(tail, head)) return null;
  return { title: head.text, author: tail.people?.names ?? [], rule, sure: tail.balance >= 2 };
}

/** First halves of compound words. What follows their hyphen is not a publisher. */
const compound =
  /^(?:self|cross|inter|intra|multi|hyper|socio|micro|macro|under|super|quasi|ultra|anti|post|neuro|psycho|electro|spatio|anglo|spider|half|full|short|large|small|light|heavy|three|second|third|world|state|human|point|block|event|model|jean|marie|anne|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)$/iu;

/**
 * Removes an unknown publisher from the end of a title. In `Author - Title-Publisher (Year)` it follows the last
 * hyphen: up to four capitalized words, none of them a title word, after a word that does not begin a compound.
 */
export function withoutUnknownPublisher(title: string, finds: Finds): string {
  const found = /^(.*?(\p{L}{5,}|[\d+!?)]))-(\p{L}[^-]*)$/u.exec(title);
  const [, head = '', before = '', name = ''] = found ?? [];
  if (found === null || finds.year === null || finds.publisher !== undefined || !head.includes(' '))
    return title;
  const words = name.trim().split(/\s+/u);
  const proper =
    words.length <= 4 && words.every((word) => /^\p{Lu}|^\p{Ll}\p{Lu}|^(?:and|of|&|de|y|e)$/u.test(word));
  if (!proper || compound.test(before) || titleEvidence(name) > 0) return title;
  finds.publisher ??= name.trim();
  return head;
}

/** Removes a publisher such as `-Cambridge University Press` from the end of a title. */
export function withoutPublisher(title: string, finds: Finds): string {
  for (let at = title.indexOf('-'); at > 0; at = title.indexOf('-', at + 1)) {
    const tail = title.slice(at + 1).trim();
    if (!/^\p{Lu}/u.test(tail) || !isPublisherTail(tail)) continue;
    finds.publisher ??= tail;
    return title.slice(0, at).trim();
  }
  return title;
}
