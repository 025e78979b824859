/**
 * The file names used in histories, each with the metadata that a person would read from it. The metadata is written
 * by hand, so that the model does not depend on the code under test. The pool is small so that names recur.
 */

/** The metadata that the catalog must contain for a book. */
export interface ExpectedMetadata {
  title: string;
  author: string | null;
  year: string | null;
}

export interface FileName {
  name: string;
  /** Undefined if the file is not a book. */
  expected: ExpectedMetadata | undefined;
  mimeType: string;
}

const titles = ['Emma', 'Persuasion', 'Ivanhoe', 'Middlemarch', 'Walden', 'Candide', 'Faust', 'Kim'];
const authors = ['Jane Austen', 'Walter Scott', 'George Eliot', 'Henry Thoreau'];
const years = ['1811', '1847', '1902', '1999'];

/** A generic type: only the extension says whether the file is a book, so a rename can change that. */
const bytes = 'application/octet-stream';
const pdf = 'application/pdf';
const epub = 'application/epub+zip';

/** The n-th name. One in eight is not a book. */
export function fileName(n: number): FileName {
  const title = titles[n % titles.length] as string;
  const author = authors[Math.floor(n / 8) % authors.length] as string;
  const year = years[Math.floor(n / 32) % years.length] as string;
  switch (Math.floor(n / 128) % 8) {
    case 0:
      return { name: `${title} - ${author}.pdf`, expected: { title, author, year: null }, mimeType: pdf };
    case 1:
      return { name: `${title}.epub`, expected: { title, author: null, year: null }, mimeType: epub };
    case 2:
      return {
        name: `${title} - ${author} (${year}).epub`,
        expected: { title, author, year },
        mimeType: epub,
      };
    case 3:
      return { name: nonBookNames(title)[n % 2] as string, expected: undefined, mimeType: bytes };
    default: {
      const mimeType = n % 3 === 0 ? pdf : bytes;
      return { name: `${title} - ${author} (${year}).pdf`, expected: { title, author, year }, mimeType };
    }
  }
}

function nonBookNames(title: string): [plain: string, hidden: string] {
  return [`Notes on ${title}.txt`, `.${title}.pdf`];
}

const known = new Map<string, ExpectedMetadata | undefined>();
for (let n = 0; n < 1024; n++) known.set(fileName(n).name, fileName(n).expected);
for (const title of titles) for (const name of nonBookNames(title)) known.set(name, undefined);

/** The metadata in a name of the pool; undefined if a file of this name is not a book. */
export function expectedOf(name: string): ExpectedMetadata | undefined {
  if (!known.has(name)) throw new Error(`"${name}" is not in the pool of file names.`);
  return known.get(name);
}

/**
 * The n-th name, for renaming an existing file. A file whose Drive MIME type is PDF or EPUB stays a book whatever its
 * extension is. To stop being a book, such a file gets a hidden name (with a leading dot) instead.
 */
export function newNameFor(mimeType: string, n: number): string {
  const { name } = fileName(n);
  return mimeType !== bytes && name.endsWith('.txt') ? `.${titles[n % titles.length]}.pdf` : name;
}
