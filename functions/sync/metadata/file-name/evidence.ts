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

/** A weighed phrase: the people it may name, and whether it reads more like people or like a title. */
export interface Weighed {
  text: string;
  people: People | null;
  /** Evidence for people minus evidence for a title: above 0 is probably a person, far below 0 certainly a title. */
  balance: number;
}

/** Scores how likely the phrase is a title, by its function words, subject words, length, digits and punctuation. */
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

/** Weighs the evidence that a phrase names people against the evidence that it is a title. */
export function weigh(text: string, anyCase: boolean): Weighed {
  const people = readPeople(text, anyCase);
  if (people === null) return { text, people, balance: -4 - titleEvidence(text) };
  // Subject words in a name already count against it, so clear evidence for people (3 or more) is not weighed again.
  const title = people.evidence >= 3 ? 0 : titleEvidence(text, false);
  return { text, people, balance: people.evidence - (people.names.length > 1 ? Math.min(title, 3) : title) };
}

/** True if the phrase may be the author although only its shape and its position suggest it. */
export function mayBeAuthor(side: Weighed, other: Weighed): boolean {
  if (side.people === null) return false;
  // A list of surnames next to what is certainly a title.
  const surnames = side.people.names.length > 1 && other.balance <= -6;
  return side.balance >= (surnames ? -1 : 0);
}

/**
 * True if the author comes first. The convention of the folder's owner is title first, so the first phrase must look
 * like people, and more so than the second. `bias` is the evidence from the rest of the name (libgen puts the author
 * first).
 */
export function authorFirst(first: Weighed, second: Weighed, bias: number): boolean {
  if (first.people === null) return false;
  // `Cormen, Leiserson, Rivest - Introduction to ...`: surnames only, next to what is certainly a title.
  const surnames = first.people.names.length > 1 && second.balance <= -8 ? 1 : 0;
  if (first.balance + Math.max(bias, surnames) < 0) return false;
  const opener = second.text.split(' ')[0] ?? '';
  const subtitle = subtitleOpeners.has(opener.toLowerCase()) && second.text.includes(' ');
  // `Outliers - A Study of ...`, `Gone Girl - A Novel`: before a likely subtitle, a word or two are not enough.
  const words = second.text.toLowerCase().split(/\s+/u);
  const genre = words.slice(0, 4).some((word) => genreWords.has(word));
  if (subtitle && bias <= 0 && first.people.evidence <= (genre ? 1 : 0)) return false;
  return first.balance + bias > second.balance;
}
