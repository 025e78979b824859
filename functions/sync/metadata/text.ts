/** Turns a file name into the line of text that the rules read. */
import { isPublisher } from './publishers.ts';

/** Longer names are truncated. No real title is this long, and the limit keeps every later step simple. */
const maxLength = 600;

const extension = /\.(?:pdf|epub|djvu|mobi|azw3|fb2)$/iu;
// Control characters, directional marks, lone surrogates. The joiners U+200C and U+200D stay: they belong to words.
const invisible = /[\p{Cc}\p{Cs}\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFE\uFFFF]+/gu;
const lookalikes: readonly [RegExp, string][] = [
  [/[（［]/gu, ' ('],
  [/[）］]/gu, ') '],
  [/[【〔]/gu, ' ['],
  [/[】〕]/gu, '] '],
  [/[‐‑－−﹣]/gu, '-'],
  [/＿/gu, '_'],
];
const titleGlued = /^[^\s_]+(?:_[^\s_]+)+\s*(?:\([^()]*\)\s*)?[-–—]\s[^_]*$/u;
/** Text that a site or a file manager adds before or after a name. */
const prefixes = [
  /^_*(?:oceanofpdf\.com|dokumen\.pub|vdoc\.pub|epdf\.(?:pub|tips)|pdfcoffee\.com|toaz\.info|ebin\.pub|idoc\.pub|www\.[\w-]+\.\w{2,4})[_\s-]+/iu,
  /^Microsoft (?:Word|PowerPoint|Excel)\s?-\s/iu,
  /^(?:copy of|copia de|cópia de|copie de|kopie von|copia di|копия) /iu,
];
const suffixes = [/\s*\(\d{1,2}\)$/u, /(?:\s+-)?\s+(?:copy|copia|cópia|kopie|копия)$/iu];

/** Normalizes a phrase: NFC, no control characters, single spaces, none at the ends. */
export function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\s/gu, ' ')
    .replace(invisible, '')
    .replace(/ {2,}/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** Returns the name without book extensions (in any letter case, even several), truncated to `maxLength`. */
export function stemOf(fileName: string): string {
  // Truncate last, so that a name is cut at the same place whatever its Unicode form or extension.
  let stem = tidy(fileName);
  for (let round = 0; round < 3 && extension.test(stem); round += 1)
    stem = stem.replace(extension, '').trim();
  return tidy(stem.slice(0, maxLength));
}

export interface Line {
  text: string;
  /** No spaces outside brackets: underscores stand for them, and a bare `-` may separate title and author. */
  glued: boolean;
  /** Only the first phrase has underscores (`Some_Title - Author`), which is how the folder's owner writes titles. */
  titleGlued: boolean;
}

/**
 * Puts spaces in the stem where spaces are meant: for `%20`, for underscores, and for the dots or hyphens of a name
 * that uses nothing else. In a name with spaces, an underscore may become the colon, period or apostrophe that a file
 * system did not allow.
 */
export function lineOf(stem: string): Line {
  let text = stem;
  if (/%20/u.test(text)) text = text.replace(/%20/gu, ' ');
  for (const [from, to] of lookalikes) text = text.replace(from, to);
  for (const prefix of prefixes) text = text.replace(prefix, '');
  text = text.trim();
  for (let round = 0; round < 3; round += 1) for (const suffix of suffixes) text = text.replace(suffix, '');
  const glued = !/\s/u.test(text.replace(/\s*[([][^()[\]]*[)\]]\s*/gu, ''));
  text = glued ? spaced(text) : unescaped(text);
  text = text.replace(/^(\d{4})-(?=\p{L}[^-]* )/u, '($1) ');
  return { text: tidy(text), glued: glued && stem.includes('_'), titleGlued: titleGlued.test(stem) };
}

/** Splits a name without spaces into words at whatever else separates them. */
function spaced(text: string): string {
  const springer = /^(\d{4})_Book_(\p{Lu}\S+)$/u.exec(text);
  if (springer !== null)
    return `(${springer[1]}) ${(springer[2] ?? '').replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')}`;
  // Scripts without spaces do not separate words, so the underscore separates title and author: `机器学习_周志华`.
  if (/^[^_]*\p{Lo}_\p{Lo}[^_]*$/u.test(text)) return text.replace('_', ' - ');
  if (text.includes('_')) return text.replace(/_/gu, ' ');
  if (/\s/u.test(text)) return text;
  // `TheHardwareHacker-AndrewHuang`: three or more words, separated only by their capitals.
  if (/^(?:\p{Lu}\p{Ll}+){3,}(?:-(?:\p{Lu}\p{Ll}+){2,})?$/u.test(text)) {
    return text.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').replace('-', ' - ');
  }
  const parts = text.split('-');
  if (parts.length >= 3 && parts.every((part) => /^[\p{L}\d']+,?$/u.test(part)) && /\p{L}{2}/u.test(text)) {
    return parts.join(' ');
  }
  if (/^\p{L}[^.]*\.[^.]+\.[^.]+/u.test(text) && !/\.\.|\.(?:com|org|net|pub)$/iu.test(text)) {
    const [first = '', ...rest] = text.split(/\.+/u);
    // Release names begin with the publisher: `Packt.Learning.Python`.
    if (isPublisher(first) && rest.length > 1) return `(${first}) ${rest.join(' ')}`;
    if (isPublisher(`${first} ${rest[0]}`) && rest.length > 2)
      return `(${first} ${rest[0]}) ${rest.slice(1).join(' ')}`;
    return [first, ...rest].join(' ');
  }
  if (/^[^+]+\+[^+]+\+/u.test(text)) return text.replace(/\+/gu, ' ');
  return text;
}

/** In a name with spaces, replaces each underscore with the character that a file system did not allow. */
function unescaped(text: string): string {
  return withLoneUnderscore(text)
    .replace(/(?<=\p{L}{2})_((?:1[5-9]|20)\d\d)_(?=\p{L})/u, ' ($1) ')
    .replace(/(?<=(?:^|[\s._])\p{Lu})_(?=[\s,;)\]]|$)/gu, '.')
    .replace(/(?<=\p{L})_(?=(?:s|t|re|ll|ve)\b)/gu, "'")
    .replace(/_+(?=[)\]]|$)/gu, '')
    .replace(/\s*_+\s+/gu, ': ')
    .replace(/_+/gu, ' ');
}

/** `E. M. Forster_A Passage to India`: a single underscore is the separator if there is no other. */
function withLoneUnderscore(text: string): string {
  const lone = text.indexOf('_') === text.lastIndexOf('_') && !/\s[-–—]|[-–—]\s/u.test(text);
  return lone ? text.replace(/(?<=[\p{L}.]{2})_(?=\p{Lu}|\p{Lo})/u, ' - ') : text;
}
