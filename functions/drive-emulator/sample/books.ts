/** The books of the sample library. */
import type { EpubBook } from './epub.ts';
import type { PdfMetadata } from './pdf.ts';

/** A PDF of the sample library. As in real libraries, its file name and its embedded metadata may disagree. */
export interface SamplePdf {
  readonly path: string;
  /** Why this book is in the library. */
  readonly shows: string;
  readonly info: PdfMetadata | null;
  readonly xmp: PdfMetadata | null;
}

/** An EPUB of the sample library. */
export interface SampleEpub extends Omit<EpubBook, 'paragraphs' | 'uuid'> {
  readonly path: string;
  /** Why this book is in the library. */
  readonly shows: string;
}

function both(metadata: PdfMetadata): { info: PdfMetadata; xmp: PdfMetadata } {
  return { info: metadata, xmp: metadata };
}

export const samplePdfs: readonly SamplePdf[] = [
  {
    path: 'Fiction/Pride and Prejudice - Jane Austen (1813).pdf',
    shows: 'Title - Author (Year)',
    ...both({ title: 'Pride and Prejudice', author: 'Jane Austen', date: '2010-04-12', creator: 'LaTeX' }),
  },
  {
    path: 'Fiction/The_Time_Machine - H. G. Wells.pdf',
    shows: 'Title_with_underscores - Author; an Info dictionary without useful values',
    info: { title: '', author: '', creator: 'Scanner' },
    xmp: null,
  },
  {
    path: 'Fiction/Atlas_Shrugged-Ayn_Rand (1957).pdf',
    shows: 'Title-Author with underscores; the embedded title is a file name',
    info: { title: 'Microsoft Word - atlas.doc', author: 'user', creator: 'PScript5.dll' },
    xmp: null,
  },
  {
    path: 'Science/On the Origin of Species - Charles Darwin.pdf',
    shows: 'Title - Author; year only in the XMP packet',
    info: null,
    xmp: { title: 'On the Origin of Species', author: 'Charles Darwin', date: '1859-11-24' },
  },
  {
    path: 'Science/Relativity (1916) - Albert Einstein.Pdf',
    shows: 'Title (Year) - Author; extension in mixed case',
    ...both({ title: 'Relativity', author: 'Albert Einstein', date: '2004-02-01' }),
  },
  {
    path: 'Programming/3D_Game_Programming_for_Kids (2013)- Chris Strom.pdf',
    shows: 'no space before the dash',
    info: { title: '3D Game Programming for Kids', author: 'Chris Strom', date: '2013-09-18' },
    xmp: null,
  },
  {
    path: 'Programming/Papers/attentionisallyouneed[LLM] (2017).pdf',
    shows: 'a tag in brackets; no author in the name or in the metadata',
    info: null,
    xmp: null,
  },
  {
    path: 'Programming/Papers/thesis_final_v2.pdf',
    shows: 'a thesis: the embedded title is a file name, the embedded author is empty',
    info: { title: 'Microsoft Word - thesis.doc', author: '', date: '2008-06-30', creator: 'Word' },
    xmp: null,
  },
  {
    path: 'Handbook of Gardening.pdf',
    shows: 'a name that is only a title; the author is only in the metadata',
    ...both({ title: 'Handbook of Gardening', author: 'Rosa Lindqvist', date: '1998-03-15' }),
  },
  {
    path: '世界文学/紅樓夢 - 曹雪芹.pdf',
    shows: 'Chinese',
    ...both({ title: '紅樓夢', author: '曹雪芹' }),
  },
  {
    path: '世界文学/Война и мир - Лев Толстой.pdf',
    shows: 'Cyrillic',
    info: { title: 'Война и мир', author: 'Лев Толстой' },
    xmp: null,
  },
  {
    path: '世界文学/Les Misérables - Victor Hugo (1862).pdf',
    shows: 'accents; Info and XMP disagree',
    info: { title: 'miserables.indd', author: 'admin' },
    xmp: { title: 'Les Misérables', author: 'Victor Hugo', date: '1862-04-03' },
  },
];

export const sampleEpubs: readonly SampleEpub[] = [
  {
    path: 'Fiction/Poetry/Leaves of Grass (1855) - Walt Whitman.epub',
    shows: 'Title (Year) - Author, two folders deep; ISBN and publisher in the metadata',
    title: 'Leaves of Grass',
    creator: 'Walt Whitman',
    date: '1855',
    publisher: 'Sample Press',
    isbn: '9780000000002',
    language: 'en',
  },
  {
    path: 'Fiction/Don_Quijote_de_la_Mancha - Miguel de Cervantes.EPUB',
    shows: 'extension in uppercase',
    title: 'Don Quijote de la Mancha',
    creator: 'Miguel de Cervantes',
    language: 'es',
  },
  {
    path: 'Science/Éléments de géométrie - Adrien-Marie Legendre.epub',
    shows: 'accents and a hyphen in the author',
    title: 'Éléments de géométrie',
    creator: 'Adrien-Marie Legendre',
    date: '1794-01-01',
    language: 'fr',
  },
  {
    path: '世界文学/吾輩は猫である - 夏目漱石 (1905).epub',
    shows: 'Japanese',
    title: '吾輩は猫である',
    creator: '夏目漱石',
    date: '1905',
    language: 'ja',
  },
  {
    path: 'Programming/notes_on_programming.epub',
    shows: 'no author anywhere; a useless embedded title',
    title: 'Unknown',
    language: 'en',
  },
];
