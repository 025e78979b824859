/** Combines what the name and the content of a book say, in the order of trust in docs/catalog.md. Pure. */
import type { Description, EmbeddedFields, EmbeddedMode, Origin, Origins } from '../../core/book.ts';
import { stemOf } from '../text.ts';
import { type Believed, folded, judge } from './judge.ts';

/** What the file name gave. */
export interface Named {
  fileName: string;
  description: Description;
  /** The file-name rule that decided; `title` is the one for a name that gives only a title. */
  rule: string;
  confidence: 'sure' | 'unsure';
}

export interface Merged {
  description: Description;
  origin: Origins;
}

export interface MergeOptions {
  /** Defaults to today. A year later than the next calendar year is not a year of publication. */
  now?: Date;
}

/**
 * Returns the description of a book, and the origin of each field.
 *
 * `fill`: sure name > content > unsure name > file stem. `prefer`: content > name > file stem. A field that a source
 * does not have is taken from the next one.
 */
export function merge(
  named: Named,
  said: readonly EmbeddedFields[],
  mode: EmbeddedMode,
  { now = new Date() }: MergeOptions = {},
): Merged {
  const { description: name, confidence } = named;
  const believed =
    mode === 'off' || said.length === 0
      ? {}
      : judge(said, { stem: stemOf(named.fileName), lastYear: now.getUTCFullYear() + 1 });
  const first = mode === 'prefer' || confidence === 'unsure';
  const { title, author } = people(name, believed, first);
  const description: Description = { ...name, title: title.value, author: author.value };
  const origin: Origins = {};
  const fromName: Origin = named.rule === 'title' && confidence === 'unsure' ? 'stem' : 'name';
  origin.title = title.embedded ? 'embedded' : fromName;
  if (author.value !== null) origin.author = author.embedded ? 'embedded' : 'name';
  for (const field of ['year', 'isbn', 'publisher', 'language', 'tags'] as const) {
    const [here, there] = [name[field] ?? undefined, believed[field]];
    const embedded = there !== undefined && (first || here === undefined);
    if (embedded) Object.assign(description, { [field]: there });
    if (embedded || here !== undefined) origin[field] = embedded ? 'embedded' : 'name';
  }
  for (const field of ['series', 'edition'] as const) if (name[field] !== undefined) origin[field] = 'name';
  return { description, origin };
}

interface Choice<T> {
  value: T;
  embedded: boolean;
}

/** Chooses title and author together: knowing one shows which part of the name is the other. */
function people(
  name: Description,
  { title, author }: Believed,
  first: boolean,
): { title: Choice<string>; author: Choice<string | null> } {
  const named = {
    title: { value: name.title, embedded: false },
    author: { value: name.author, embedded: false },
  };
  if (!first) {
    // A sure name always gives the title; only the author may be missing.
    const fills = name.author === null && author !== undefined && folded(author) !== folded(name.title);
    return fills ? { ...named, author: { value: author, embedded: true } } : named;
  }
  const isSame = (one: string | null | undefined, other: string | null | undefined) =>
    one != null && other != null && folded(one) === folded(other);
  // The name was read in the wrong order: the content's title is the name's author, or the reverse.
  const swapped = isSame(title, name.author) || isSame(author, name.title);
  const otherTitle = swapped && name.author !== null ? name.author : name.title;
  const otherAuthor = swapped ? (name.author === null ? null : name.title) : name.author;
  return {
    title: title !== undefined ? { value: title, embedded: true } : { value: otherTitle, embedded: false },
    author:
      author !== undefined ? { value: author, embedded: true } : { value: otherAuthor, embedded: false },
  };
}
