/** How much a phrase looks like a title, and which of two phrases is the author. */
import { type People, readPeople } from '../people.ts';
import {
  functionWords,
  genreWords,
  particles,
  subtitleOpeners,
  technologies,
  titleEndings,
  titleWords,
} from '../word-lists/words.ts';

/** A phrase weighed: what people it may name, and how far it rather reads as a title. */
export interface Weighed {
  text: string;
  people: People | null;
  /** People minus title: above 0 is likely a person, far below 0 surely a title. */
  balance: number;
}

/** Evidence that the phrase is a title: words of grammar and of subjects, length, digits, punctuation. */
export function titleEvidence(phrase: string, grammarCounts = true): number {
  const words = phrase
    .toLowerCase()
    .split(/[\s,:;!?]+/u)
    .filter(Boolean);
  let grammar = 0;
  let subject = 0;
  for (const word of words) {
    if (functionWords.has(word) && !particles.has(word)) grammar += grammarCounts ? 1 : 0;
    else if (titleWords.has(word) || technologies.has(word) || titleEndings.test(word)) subject += 1;
  }
  let evidence = Math.min(grammar, 2) * 2 + Math.min(subject, 3) * 2;
  if (words.length >= 5) evidence += 1;
  if (words.length >= 8) evidence += 1;
  if (/\d|[!?:+#]/u.test(phrase)) evidence += 1;
  if (
    /[学學论論史书書的与与和の入门門教程基础实践法研究概]|入門/u.test(phrase) ||
    /\p{sc=Han}{5}|\p{sc=Hang}{5}/u.test(phrase)
  )
    evidence += 3;
  return evidence;
}

/** Weighs a phrase as people against title. */
export function weigh(text: string, anyCase: boolean): Weighed {
  const people = readPeople(text, anyCase);
  if (people === null) return { text, people, balance: -4 - titleEvidence(text) };
  // Words of subjects inside a name are held against it already; only the rest of the title's evidence counts here.
  const title = people.evidence >= 3 ? 0 : titleEvidence(text, false);
  return { text, people, balance: people.evidence - (people.names.length > 1 ? Math.min(title, 3) : title) };
}

/** True where the phrase may stand as author although nothing but its shape and its place says so. */
export function mayBeAuthor(side: Weighed, other: Weighed): boolean {
  if (side.people === null) return false;
  // Surnames alone, beside what is surely a title.
  const surnames = side.people.names.length > 1 && other.balance <= -6;
  return side.balance >= (surnames ? -1 : 0);
}

/**
 * Whether the author comes first. The owner's convention is title first, so the first phrase has to look like
 * people, and more so than the other. `bias` is what the rest of the name says (libgen's names are author first).
 */
export function authorFirst(first: Weighed, second: Weighed, bias: number): boolean {
  if (first.people === null) return false;
  // `Cormen, Leiserson, Rivest - Introduction to ...`: surnames alone, beside what is surely a title.
  const surnames = first.people.names.length > 1 && second.balance <= -8 ? 1 : 0;
  if (first.balance + Math.max(bias, surnames) < 0) return false;
  const opener = second.text.split(' ')[0] ?? '';
  const subtitle = subtitleOpeners.has(opener.toLowerCase()) && second.text.includes(' ');
  // `Outliers - A Study of ...`, `Gone Girl - A Novel`: what looks like a subtitle needs more than a bare word or two.
  const words = second.text.toLowerCase().split(/\s+/u);
  const genre = words.slice(0, 4).some((word) => genreWords.has(word));
  if (subtitle && bias <= 0 && first.people.evidence <= (genre ? 1 : 0)) return false;
  return first.balance + bias > second.balance;
}
