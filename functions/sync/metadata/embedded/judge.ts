/** Decides which of a file's embedded metadata can be trusted. Pure. */
import type { EmbeddedFields } from '../../core/book.ts';
import { isYear } from '../dates.ts';
import { readIsbn } from '../isbn.ts';
import { isNobody, readPeople } from '../people.ts';
import { tidy } from '../text.ts';

/** The metadata that can be trusted. A field without a trusted value is absent. */
export interface Believed {
  title?: string;
  author?: string;
  /** Four digits. */
  year?: string;
  isbn?: string;
  publisher?: string;
  language?: string;
  tags?: string[];
}

export interface JudgeOptions {
  /** The file name without its extension. A title that only repeats it adds nothing. */
  stem: string;
  /** The latest plausible year of publication. */
  lastYear: number;
}

/** Judges each place (XMP, Info, OPF) separately, and takes each field from the first one that can be trusted. */
export function judge(said: readonly EmbeddedFields[], options: JudgeOptions): Believed {
  const believed: Believed = {};
  for (const place of said) {
    const title = judgeTitle(place.title, options);
    const author = judgeAuthors(place.authors, { title: title ?? place.title, tools: place.tools ?? [] });
    const year = judgeDate(place.date, options.lastYear);
    const isbn = place.identifiers?.map(isbnOf).find((found) => found !== null);
    const publisher = judgePublisher(place.publisher);
    const language = /^[a-z]{2,3}(?:-[\w-]{1,20})?$/iu.exec(place.language ?? '')?.[0];
    const tags = place.subjects?.map(tidy).filter((tag) => /\p{L}{2}/u.test(tag) && tag.length <= 80);
    const found: Believed = {
      ...(title ? { title } : {}),
      ...(author ? { author } : {}),
      ...(year ? { year } : {}),
      ...(isbn ? { isbn } : {}),
      ...(publisher ? { publisher } : {}),
      ...(language && language !== 'und' ? { language } : {}),
      ...(tags && tags.length > 0 ? { tags: [...new Set(tags)] } : {}),
    };
    for (const [field, value] of Object.entries(found))
      if (!(field in believed)) Object.assign(believed, { [field]: value });
  }
  return believed;
}

/** What programs write in place of a title, and what people type to get past a dialog. */
const noTitles = [
  /^(?:untitled|unknown|unbenannt|sans titre|sin t[ií]tulo|sem t[ií]tulo|senza titolo|без названия|无标题|無題)(?:[\s_-]*\d*)$/iu,
  /^(?:document|dokument|documento|doc|book|buch|libro|livro|title|titel|t[ií]tulo|test|new|neu|draft|cover|layout|slide|page|seite|print|job|output|main|index|contents|content|text|body|default|blank|none|null|n\/?a|no title)[\s_-]*\d*$/iu,
  /^(?:microsoft (?:word|powerpoint|excel|office word|publisher)|powerpoint(?:-| )pr[äe]sentation|powerpoint presentation|presentation|pr[äe]sentation|présentation powerpoint)\b/iu,
  /^(?:scan(?:ned)?|img|image|bild|dsc|foto|photo|fax)(?:[\s_-]*(?:document|dokument|image|page|\d+(?!\d)))*$/iu,
  /^(?:full page (?:photo|fax)(?: print)?$|print job|adobe photoshop pdf|layout \d+|latex with|this is pdftex)/iu,
  /\.(?:docx?|odt|rtf|tex|dvi|ps|eps|pdf|epub|indd|indb|qxp|qxd|fm|book|pptx?|xlsx?|txt|html?|xhtml|pmd|p65|cdr|ai|md|jpe?g|png|tiff?|zip)$/iu,
  /^(?:[a-z]:\\|\/|file:|https?:|www\.)/iu,
];

/** Returns the title, or undefined if the text is not a title. */
export function judgeTitle(
  text: string | undefined,
  { stem }: Pick<JudgeOptions, 'stem'>,
): string | undefined {
  const title = tidy(withoutBom(text ?? ''));
  if (!/\p{L}{2}|\p{sc=Han}|\p{L}.*\d|\d.*\p{L}/u.test(title) || isGarbled(title)) return undefined;
  if (noTitles.some((pattern) => pattern.test(title))) return undefined;
  if (readIsbn(title) !== null || /^[\da-f-]{16,}$/iu.test(title)) return undefined;
  // `thesis_final_v3`, `ch01-intro`: the name of a file, not of a book.
  if (!/\s/u.test(title) && /[_\d]|^\p{Ll}/u.test(title) && /[_-]|\d/u.test(title)) return undefined;
  return folded(title) === folded(stem) ? undefined : title;
}

const noAuthors =
  /^(?:author|autor(?:e|es)?|auteur|user|username|usuario|utilisateur|benutzer|owner|admin(?:istrator)?|administrador|root|guest|student|teacher|default|test|me|pc|home|office|company|desktop|laptop|unspecified|none|null|n\/?a|various|registered user|valued (?:acer|gateway|sony) customer|preferred customer|your name|dear user|cliente|customer|scan(?:ner|ned)?|scan user|win(?:dows)?(?: ?(?:xp|7|8|10|11))?(?: user)?)[\s_-]*\d*$/iu;
/** Programs, scanners, printers and book sites that put their name in a file. One such word anywhere is enough. */
const makers =
  /\b(?:acrobat|distiller|pdf(?:la)?tex|latex with|xetex|luatex|ghostscript|calibre|camscanner|adobe|indesign|quarkxpress|framemaker|microsoft|libreoffice|openoffice|pdfcreator|primopdf|foxit|nitro|itext|wkhtmltopdf|tcpdf|abbyy|finereader|omnipage|scansnap|scansoft|xerox|workcentre|ricoh|konica|minolta|kyocera|canon i?[rx]|canoscan|laserjet|officejet|epson|bizhub|sharp mx|imagerunner|docucentre|aficio|hp (?:scan|digital)|kofax|twain|ebookmaker|kindlegen|sigil|docbook|sphinx|pandoc|doxygen|asciidoc|internet archive|google books?|z-?lib(?:rary)?|libgen|oceanofpdf|vk\.com|ebook3000|avaxhome|allitebooks|it-ebooks)\b/iu;

/** Returns the authors as one string, or undefined if no text names any. */
export function judgeAuthors(
  texts: readonly string[] | undefined,
  known: { title: string | undefined; tools: readonly string[] },
): string | undefined {
  const same = [known.title ?? '', ...known.tools].map(folded);
  const names = (texts ?? [])
    .flatMap((text) => tidy(withoutBom(text)).split(/\s*[;|]\s*/u))
    .filter((name) => isAuthor(name) && !same.includes(folded(name)))
    .flatMap((name) => readPeople(name)?.names ?? [name.replace(/^(?:edited |written )?by\s+/iu, '')]);
  const each = [...new Map(names.map((name) => [folded(name), name])).values()];
  return each.length === 0 ? undefined : each.join(', ');
}

function isAuthor(name: string): boolean {
  if (!/\p{L}{2}|\p{sc=Han}/u.test(name) || isGarbled(name) || name.length > 200) return false;
  if (noAuthors.test(name) || makers.test(name) || isNobody(name)) return false;
  if (/@|https?:|www\.|\\|\.(?:com|org|net|ru|pub)\b/iu.test(name)) return false;
  // A single word like `jsmith`, `user01`, `DELL-PC` is an account or a machine, unless it has no Latin letters.
  return (
    /\s/u.test(name) || /^\p{Lu}[\p{Ll}'’-]+(?:\p{Lu}\p{Ll}+)?$/u.test(name) || /^\P{sc=Latin}+$/u.test(name)
  );
}

/** Returns the year of a date in any XMP, OPF or PDF format, or undefined if it cannot be a year of publication. */
export function judgeDate(text: string | undefined, lastYear: number): string | undefined {
  const year = /^(?:D:)?(\d{4})(?![\d])|^(?:D:)?(\d{4})(?:0[1-9]|1[0-2])/u.exec(text?.trim() ?? '');
  const digits = year?.[1] ?? year?.[2] ?? '';
  return isYear(digits, lastYear) ? digits : undefined;
}

function judgePublisher(text: string | undefined): string | undefined {
  const publisher = tidy(withoutBom(text ?? ''));
  const is = /\p{L}{2}|\p{sc=Han}/u.test(publisher) && publisher.length <= 120 && !isGarbled(publisher);
  return is && !makers.test(publisher) && !noAuthors.test(publisher) && !/https?:|www\./iu.test(publisher)
    ? publisher
    : undefined;
}

function isbnOf(identifier: string): string | null {
  return readIsbn(identifier.replace(/^urn:/iu, ''));
}

/**
 * True for text decoded with the wrong encoding: replacement characters, control characters, leftover character
 * references, or sequences of Latin letters that only misread bytes produce.
 */
function isGarbled(text: string): boolean {
  return /\uFFFD|[\p{Cc}\p{Co}]|Ã[\u0080-\u00BF©¤¶¼]|â€|\(cid:|&#?\w{1,10};|þÿ/u.test(text);
}

function withoutBom(text: string): string {
  return text.replace(/^\uFEFF|^þÿ/u, '');
}

/** Reduces text to its letters and digits, to compare what people write in different ways. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
