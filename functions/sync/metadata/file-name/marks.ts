/** Phrases that are neither title nor author: sources, identifiers, formats, languages, editions, series. */
import { readIsbn } from '../isbn.ts';

const sites =
  /^(?:for)?\(?(?:anna['’]?s[\s_-]*archive|z[\s_-]?library|z-?lib(?:rary)?\.\w+|1lib(?:\.\w+)*|b-ok\S*|libgen\S*|library genesis|bookzz\S*|bookfi\S*|booksee\S*|bookos\S*|pdf[\s_-]?drive\S*|ocean ?of ?pdf\S*|it-ebooks\S*|allitebooks\S*|foxebook\S*|wow! ?ebook\S*|ebook3000\S*|avaxhome\S*|vk\.com\S*|scribd|nexusstc|sci-hub\S*|zlibrary|dokumen\.pub|ebook-dl\S*|freebookspot\S*)\)?$/iu;
const domain =
  /^(?:https?:\/\/)?(?:www\.)?[\p{L}\d-]*\p{Ll}[\p{L}\d-]*\.(?:org|com|net|info|lc|li|rs|gs|is|fm|st|io|se|sk|pub|tips|xyz|ru|cc|me|vip|club|site|biz|tw|cn|ir|ph|es)$/iu;
const hash =
  /^(?:md5[\s:_-]*|sha1[\s:_-]*)?(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/iu;
const asin = /^(?:asin[\s:_-]*)?B0[\dA-Z]{8}$/u;
const doi = /^(?:doi[\s:_-]*)?10\.\d{4,9}[\s:_/].+$/iu;
const arxivId = /^(?:arxiv[\s:_.-]*)?(\d{2})(0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,2})?$/iu;
const reportNumber =
  /^(?:[a-z]{3,}\d{2,4}[a-z]?|[A-Z]{2,}[- ]?\d{2,}(?:[-.\w]*)|[A-Z]{2,}-\d[\d-]*|\d{8,})$/u;
const format =
  /^(?:e?pub|e-?books?|pdf|mobi|azw3?|djvu|fb2|html?|txt|retail|scan(?:ned)?|ocr|true ?pdf|v\d(?:\.\d+)*|hq|bookmarked|full|free|final|unabridged|abridged|pages)$/iu;
const kind =
  /^(?:early (?:release|access)|draft|preprint|pre-?print|meap(?: v?\d+)?|illustrated|color|colour|us|uk|intl|reprint|repost|unknown|sample|preview|lecture notes|thesis|phd thesis)$/iu;
const pages = /^\d{1,4}\s?(?:pages|pgs?\.?|pp\.?|p\.|с\.|стр\.?|s\.|seiten|páginas)$/iu;
// Bounded, with only one way to match digits or a space: otherwise a crafted name causes catastrophic backtracking.
const edition =
  /^(?:(?:\d{1,2}(?!\d)\s?(?:st|nd|rd|th|e|ed|ª|º|a|\.|-е|-ое)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|international|revised|expanded|updated|new|global|kindle|student|deluxe|anniversary|primera|segunda|tercera|primeira|terceira)\s?(?:(?:&|and|,)\s?)?){1,6}(?:edition|edn\.?|ed\.?|edición|edição|édition|auflage|aufl\.?|изд\.?|издание|版)$|^\d{1,2}e$|^(?:原书|原著|原書)?第?.{1,4}版$/iu;

const languages: Readonly<Record<string, string>> = {
  en: 'en',
  eng: 'en',
  english: 'en',
  de: 'de',
  ger: 'de',
  deu: 'de',
  german: 'de',
  deutsch: 'de',
  fr: 'fr',
  fre: 'fr',
  fra: 'fr',
  french: 'fr',
  français: 'fr',
  es: 'es',
  spa: 'es',
  esp: 'es',
  spanish: 'es',
  español: 'es',
  castellano: 'es',
  pt: 'pt',
  por: 'pt',
  ptbr: 'pt',
  'pt-br': 'pt',
  portuguese: 'pt',
  português: 'pt',
  it: 'it',
  ita: 'it',
  italian: 'it',
  italiano: 'it',
  ru: 'ru',
  rus: 'ru',
  russian: 'ru',
  русский: 'ru',
  uk: 'uk',
  ukr: 'uk',
  zh: 'zh',
  chi: 'zh',
  chinese: 'zh',
  中文: 'zh',
  jp: 'ja',
  ja: 'ja',
  jpn: 'ja',
  japanese: 'ja',
  日本語: 'ja',
  pl: 'pl',
  pol: 'pl',
  polish: 'pl',
  polski: 'pl',
  nl: 'nl',
  dutch: 'nl',
  sv: 'sv',
  swedish: 'sv',
  ko: 'ko',
  korean: 'ko',
  ar: 'ar',
  arabic: 'ar',
  latin: 'la',
};

/** What a phrase is if it is not part of title or author. `value` is what the catalog keeps. */
export type Mark =
  | { kind: 'source' | 'identifier' | 'format' | 'note' | 'pages' | 'arxiv' }
  | { kind: 'isbn' | 'language' | 'edition'; value: string };

/**
 * Returns what the whole phrase is, or null if it may be title or author. `boxed` says that it is in brackets or
 * between separators, where a bare number or key is an identifier and not a word.
 */
export function readMark(phrase: string, boxed = true): Mark | null {
  const text = phrase.trim();
  if (text === '' || text.length > 200) return null;
  const isbn = readIsbn(text);
  if (isbn !== null) return { kind: 'isbn', value: isbn };
  if (arxivId.test(text)) return { kind: 'arxiv' };
  if (hash.test(text) || asin.test(text) || doi.test(text)) return { kind: 'identifier' };
  if (isSource(text)) return { kind: 'source' };
  if (pages.test(text)) return { kind: 'pages' };
  if (edition.test(text)) return { kind: 'edition', value: text };
  if (!boxed) return null;
  if (format.test(text)) return { kind: 'format' };
  if (kind.test(text)) return { kind: 'note' };
  const language = Object.hasOwn(languages, text.toLowerCase()) ? languages[text.toLowerCase()] : undefined;
  if (language !== undefined) return { kind: 'language', value: language };
  if (reportNumber.test(text)) return { kind: 'identifier' };
  return null;
}

/** True for the name or address of a book site, or several of them. */
function isSource(text: string): boolean {
  if (sites.test(text)) return true;
  const words = text
    .replace(/^for\s*/iu, '')
    .split(/[\s,()]+/u)
    .filter(Boolean);
  return words.length > 0 && words.every((word) => domain.test(word) || sites.test(word));
}

/** True for an ASIN, hash, ISBN or similar identifier joined to the end of a title: `... Series)-B0F5TFL6ZQ`. */
export function isIdentifier(text: string): boolean {
  const mark = readMark(text, false);
  return mark !== null && (mark.kind === 'identifier' || mark.kind === 'isbn');
}

const seriesWords =
  /(?:^|[\s-])(?:series|texts?|studies|lecture notes|monographs?|library|collection|collana|colección|coleção|biblioteca|reihe|serie|série|trilogy|saga|cycle|classics|universitext|graduate|undergraduate|proceedings|advances|progress|grundlehren|cambridge tracts|серия|丛书|叢書|文庫|新書)(?=$|[\s,.()])/iu;
const numbered =
  /(?:^|[\s,#(])(?:book|vol(?:ume)?\.?|part|tome|tomo|band|bd\.?|livro|libro|книга|том|кн\.|t\.|no\.?|n[.º°])?\s?#?\s?\d{1,4}(?:\.\d)?$/iu;

/** True for a phrase that reads like the name of a series: it contains a word for one, or ends in a number. */
export function isSeries(phrase: string): boolean {
  return seriesWords.test(phrase) || (numbered.test(phrase) && /\p{L}{2}/u.test(phrase));
}

/** `Chronicles of Earth 07`, `Discworld #5`, `Saga, Book 3`: certainly a series, with the number of the book. */
export function isNumberedSeries(phrase: string): boolean {
  return /^\S.*[\s,]+(?:0\d|\d{1,2}\.\d|#\s?\d{1,3}|(?:book|vol(?:ume)?\.?)\s?\d{1,3})$/iu.test(
    phrase.trim(),
  );
}

/** True for a volume between separators that says nothing about the book's own title: `Vol. 3`, `3 Side Stories`. */
export function isVolume(phrase: string): boolean {
  return /^(?:(?:vol(?:ume)?\.?|book|part|tome|tomo|band|том|часть|v)\s?\d{1,3}|\d{1,2}\s(?:(?:side|short|extra|bonus)\s)?(?:stor(?:y|ies)|chapters?|extras?))$/iu.test(
    phrase.trim(),
  );
}
