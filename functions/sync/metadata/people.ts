/** Reads a phrase as people: one name, or a list of names in any common notation. */
import { organizationEvidence, personEvidence } from './person.ts';
import { givenNames } from './word-lists/given-names.ts';
import { conjunctions, particles } from './word-lists/words.ts';

export interface People {
  /** Each with the given names first: `John Doe` for `Doe, John`. */
  names: string[];
  /** How likely these are people: about 0 for a single capitalized word, 3 or more if there is clear evidence. */
  evidence: number;
}

const roles =
  /\s*[([]\s*(?:auth(?:or)?s?|eds?|editors?|edited by|hrsg|hg|orgs?|coords?|dir|red|ред|сост|trans(?:lator)?s?|translated)\.?\s*[)\]]|[,\s]+(?:eds?\.|\(?hrsg\.\)?)$|^(?:edited |written )?by\s+|^(?:автор|author|autor)s?:\s*/giu;
const others =
  /[\s,]*(?:(?:\s|^)(?:etc|et al|et\. al|and others|u\.\s?a|и др|и другие|e outros|y otros)\.?|\s?等)$/iu;
const nationality = /^\s*(?:\[\p{sc=Han}{1,3}\]|\(\p{sc=Han}{1,3}\)|（\p{sc=Han}{1,3}）)\s*/u;
const eastAsianRole = /\s*(?:编著|編著|主编|主編|著|編|编)$/u;
const translator =
  /(?:译|譯|訳|翻译)$|^(?:translated by|trad\.|traducción de|tradução de|übersetzt von|пер\.)\s/iu;
const generation = /^(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d)\.?$/iu;

/**
 * Returns the people that a phrase names, or null if it cannot be people.
 *
 * Lists may use `,` `;` `&` `/` `、` `:` (which replaces a `;` in many file names) or a word for `and`. Surnames may
 * come first (`Doe, John`). Roles such as `(ed.)` or `著`, nationalities such as `[美]`, a final `etc.`, and
 * translators are left out.
 */
export function readPeople(phrase: string, anyCase = false): People | null {
  let text = phrase.trim();
  if (text === '' || text.length > 300) return null;
  const bare = text.replace(roles, '').trim();
  const role = bare !== text ? 2 : 0;
  text = bare.replace(others, '').replace(/[\s,;:]+$/u, '');
  const organization = organizationEvidence(text);
  if (organization !== null && !/[;&]/u.test(text)) return { names: [text], evidence: organization };
  const names: string[] = [];
  let total = 0;
  for (const group of groupsOf(text)) {
    for (const name of namesOf(group, anyCase)) {
      const clean = name.text.replace(nationality, '').replace(eastAsianRole, '');
      if (translator.test(name.text)) continue;
      const evidence = personEvidence(wordsOf(clean), anyCase);
      if (evidence === null) return null;
      names.push(clean.trim());
      total += evidence + name.bonus;
    }
  }
  if (names.length === 0 || names.length > 12) return null;
  const short = names.filter((name) => !/\s/u.test(name) && !/\p{sc=Han}|\p{sc=Hang}/u.test(name)).length;
  // A list of bare words (`Salt, Fat, Acid`) is a title more often than a list of surnames.
  const list = names.length === 1 ? 0 : short === names.length ? -1 : 1;
  return { names, evidence: Math.round(total / names.length) + list + role };
}

/** True for an author's country, which Chinese file names put before the author: `[美]`. */
export function isNationality(phrase: string): boolean {
  return /^[美英法德日俄苏加意韩澳印荷奥西葡瑞挪丹波捷以古希清明宋元唐汉]\p{sc=Han}{0,2}$/u.test(
    phrase.trim(),
  );
}

/** True for `translated by ...` and the like. */
export function isTranslator(phrase: string): boolean {
  return translator.test(phrase.trim());
}

/** True if the phrase only says that the author is unknown, or names nobody in particular (`various`). */
export function isNobody(phrase: string): boolean {
  return /^(?:unknown(?: author)?|anonymous|anon\.?|various(?: authors)?|desconhecido|desconocido|неизвестен|n\/?a|佚名)$/iu.test(
    phrase.trim(),
  );
}

function wordsOf(name: string): string[] {
  return name
    .replace(/\.(?=\p{Lu}\p{Ll}{1,})/gu, '. ')
    .replace(/(?<=\p{Lu}\.) (?=\p{Lu}\.(?:\s|$))/gu, '')
    .split(/\s+/u)
    .filter(Boolean);
}

/** Splits at all separators but commas. `y` and the like split only before a full name: `Ortega y Gasset` is one name. */
function groupsOf(text: string): string[] {
  const groups: string[] = [];
  for (const part of text.split(/\s*(?:[;&/、，]|:(?=\s))\s*/u)) {
    let words: string[] = [];
    const all = part.split(/\s+/u);
    for (const [at, word] of all.entries()) {
      const always = /^(?:and|und|et|with|&)$/iu.test(word) || all.length - at > 2;
      if (conjunctions.has(word.toLowerCase()) && word === word.toLowerCase() && always && at > 0) {
        groups.push(words.join(' '));
        words = [];
      } else {
        words.push(word);
      }
    }
    groups.push(words.join(' '));
  }
  return groups.map((group) => group.replace(/^[\s,]+|[\s,]+$/gu, '')).filter(Boolean);
}

interface Name {
  text: string;
  bonus: number;
}

/** Splits at commas, and moves the given names to the front if the surname comes first. */
function namesOf(group: string, anyCase: boolean): Name[] {
  const parts: string[] = [];
  for (const part of group.split(/\s*,\s*/u).filter(Boolean)) {
    if (generation.test(part) && parts.length > 0) parts.push(`${parts.pop()} ${part}`);
    else parts.push(part);
  }
  const pairs = parts.length % 2 === 0 && parts.length <= 12;
  if (parts.length === 2 && isSurnameFirst(parts[0] as string, parts[1] as string, true, anyCase))
    return turned(parts);
  if (parts.length > 2 && pairs && everyPairTurned(parts, anyCase)) return turned(parts);
  return parts.map((text) => ({ text, bonus: 0 }));
}

function everyPairTurned(parts: readonly string[], anyCase: boolean): boolean {
  for (let at = 0; at < parts.length; at += 2) {
    if (!isSurnameFirst(parts[at] as string, parts[at + 1] as string, false, anyCase)) return false;
  }
  return true;
}

function turned(parts: readonly string[]): Name[] {
  const names: Name[] = [];
  for (let at = 0; at < parts.length; at += 2)
    names.push({ text: `${parts[at + 1]} ${parts[at]}`, bonus: 1 });
  return names;
}

/** `Doe, John`: a surname of one word (or with particles), then given names. `alone`: the list is only this pair. */
function isSurnameFirst(surname: string, given: string, alone: boolean, anyCase: boolean): boolean {
  const family = wordsOf(surname);
  const names = wordsOf(given);
  if (family.some((word) => /\.$/u.test(word) && !particles.has(word.toLowerCase())) || names.length > 3)
    return false;
  if (family.length > 4 || !family.every((word) => anyCase || /^\p{L}/u.test(word))) return false;
  const areInitials = names.every((word) => /^(?:\p{Lu}\.?-?){1,4}$/u.test(word));
  const knownGiven = givenNames.has((names[0] ?? '').toLowerCase().split('-')[0] as string);
  const oneWord = family.length === 1 || particles.has((family[0] as string).toLowerCase());
  if (areInitials) return family.length <= 3;
  if (oneWord) return alone ? !givenNames.has(surname.toLowerCase()) || knownGiven : knownGiven;
  return names.length === 1 && (knownGiven || !givenNames.has((family[0] as string).toLowerCase())) && alone;
}
