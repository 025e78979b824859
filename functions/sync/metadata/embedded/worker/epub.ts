/** Reads an EPUB's package document (OPF), with unzipit and fast-xml-parser. */
import { XMLParser } from 'fast-xml-parser';
import { unzip, type ZipEntry } from 'unzipit';
import type { EmbeddedFields } from '../../../core/book.ts';
import { maxListLength, maxTextLength } from '../embedded.ts';
import type { Ranges } from './ranges.ts';

/** The largest part that is read, compressed or decompressed, in bytes. Real package documents are far smaller. */
const largestPart = 2 * 1024 * 1024;

/**
 * Entity processing is off, so that entities that a document type declares are not expanded. Dublin Core needs only
 * XML's own five; see `textOf`.
 */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  alwaysCreateTextNode: true,
  isArray: (_, __, ___, isAttribute) => !isAttribute,
});

/** An element: attributes as `@name`, text as `#`, and children as lists by name. */
type Element = Record<string, unknown>;

/**
 * Reads an EPUB's embedded metadata.
 *
 * @throws NoMoreBytes, or an Error with the reason if the file is not an EPUB, is encrypted or is too large
 */
export async function readEpub(ranges: Ranges): Promise<EmbeddedFields[]> {
  const { entries } = await unzip({
    getLength: async () => ranges.size,
    read: async (start: number, length: number) =>
      (await ranges.read(start, Math.min(start + length, ranges.size))) as Uint8Array<ArrayBuffer>,
  });
  const container = await readXml(entries['META-INF/container.xml'], 'META-INF/container.xml');
  const path = below(container, 'container', 'rootfiles', 'rootfile').map((file) => file['@full-path']);
  const opf = path.find((value): value is string => typeof value === 'string');
  if (opf === undefined) throw new Error('its container names no package document');
  const metadata = below(await readXml(entries[opf], opf), 'package', 'metadata');
  const said = metadata[0] ? saidOf(metadata[0]) : undefined;
  return said ? [said] : [];
}

async function readXml(entry: ZipEntry | undefined, name: string): Promise<Element> {
  if (!entry) throw new Error(`it has no ${name.slice(0, 100)}`);
  if (entry.encrypted) throw new Error('it is encrypted');
  if (entry.size > largestPart || entry.compressedSize > largestPart) throw new Error('a part is too large');
  const bytes = await entry.arrayBuffer();
  if (bytes.byteLength > largestPart) throw new Error('a part is too large');
  return parser.parse(new TextDecoder().decode(bytes)) as Element;
}

function saidOf(metadata: Element): EmbeddedFields | undefined {
  const refinements = below(metadata, 'meta');
  /** The `meta` element in which EPUB 3 gives a property of another element. */
  const refined = (element: Element, property: string) =>
    refinements.find(
      (meta) => meta['@property'] === property && meta['@refines'] === `#${String(element['@id'])}`,
    );
  const roleOf = (element: Element) => element['@role'] ?? textOf(refined(element, 'role'));
  const texts = (elements: Element[]) => elements.map(textOf).filter((text) => text !== '');

  const titles = below(metadata, 'title');
  const main = titles.find((title) => textOf(refined(title, 'title-type')) === 'main') ?? titles[0];
  const creators = below(metadata, 'creator');
  const authors = creators.filter((creator) => roleOf(creator) === 'aut');
  const dates = below(metadata, 'date');
  const published =
    dates.find((date) => date['@event'] === 'publication') ??
    dates.find((date) => date['@event'] === undefined);
  const one = (name: string, value: string | undefined) => (value ? { [name]: value } : {});
  const list = (name: string, values: string[]) =>
    values.length > 0 ? { [name]: values.slice(0, maxListLength) } : {};
  const said = {
    ...one('title', textOf(main)),
    ...list('authors', texts(authors.length > 0 ? authors : creators.filter((creator) => !roleOf(creator)))),
    ...one('date', textOf(published)),
    ...one('publisher', texts(below(metadata, 'publisher'))[0]),
    ...one('language', texts(below(metadata, 'language'))[0]),
    ...list('identifiers', texts(below(metadata, 'identifier'))),
    ...list('subjects', texts(below(metadata, 'subject'))),
  };
  return Object.keys(said).length > 0 ? { place: 'opf', ...said } : undefined;
}

/** Returns the elements at the end of a path of names; none if the document has a different structure. */
function below(element: Element, ...path: string[]): Element[] {
  let found: Element[] = [element];
  for (const name of path) found = found.flatMap((parent) => childrenOf(parent, name));
  return found;
}

function childrenOf(parent: Element, name: string): Element[] {
  const children = parent[name];
  return Array.isArray(children)
    ? children.filter((child): child is Element => child !== null && typeof child === 'object')
    : [];
}

const escapes: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Returns an element's text, or ''. Resolves XML's own five entities and numeric character references, once. */
function textOf(element: Element | undefined): string {
  const text = element?.['#'];
  if (typeof text !== 'string') return '';
  return text
    .slice(0, 4 * maxTextLength)
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/giu, (whole, decimal, hex, name) => {
      if (name !== undefined) return escapes[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, maxTextLength);
}
