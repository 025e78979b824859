/** Reads a PDF's Info dictionary and XMP packet, with pdf.js. */
import { maxListLength, maxTextLength } from '../embedded.ts';
import './pdf-globals.ts';
import { getDocument, PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs';
// The worker half of pdf.js. If `globalThis.pdfjsWorker` is set, pdf.js runs it in this thread and starts no other.
// @ts-expect-error the package has no types for this file
import * as pdfWorker from 'pdfjs-dist/legacy/build/pdf.worker.mjs';
import type { EmbeddedFields } from '../../../core/book.ts';
import type { Ranges } from './ranges.ts';

Object.assign(globalThis, { pdfjsWorker: pdfWorker });

/** pdf.js requests whole chunks of this size: half of its default, so that most books need only three requests. */
const chunkSize = 32 * 1024;

/**
 * Reads a PDF's embedded metadata, XMP first.
 *
 * @throws NoMoreBytes, or what pdf.js throws for a broken or encrypted file
 */
export async function readPdf(ranges: Ranges): Promise<EmbeddedFields[]> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const start = await ranges.read(0, Math.min(chunkSize, ranges.size));

  class Transport extends PDFDataRangeTransport {
    override requestDataRange(begin: number, end: number): void {
      // There is no way to tell pdf.js that a piece will not arrive, so the whole reading ends here.
      ranges
        .read(begin, Math.min(end, ranges.size))
        .then((bytes) => this.onDataRange(begin, bytes))
        .catch(fail);
    }
  }
  const task = getDocument({
    range: new Transport(ranges.size, start),
    rangeChunkSize: chunkSize,
    disableAutoFetch: true,
    disableStream: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    verbosity: 0,
  });
  try {
    const metadata = await Promise.race([task.promise.then((document) => document.getMetadata()), failed]);
    return saidOf(metadata.info as Record<string, unknown>, metadata.metadata);
  } finally {
    await task.destroy().catch(() => {});
  }
}

function saidOf(info: Record<string, unknown>, xmp: { get(name: string): unknown } | null): EmbeddedFields[] {
  const tools = textsOf([info.Creator, info.Producer]);
  const said: EmbeddedFields[] = [];
  if (xmp) {
    const get = (name: string) => textsOf(xmp.get(name));
    const [title, date] = [get('dc:title')[0], get('dc:date')[0] ?? get('prism:publicationdate')[0]];
    said.push({
      place: 'xmp',
      ...named('title', title),
      ...listed('authors', get('dc:creator')),
      ...named('date', date),
      ...named('publisher', get('dc:publisher')[0]),
      ...named('language', get('dc:language')[0]),
      ...listed('identifiers', [...get('dc:identifier'), ...get('prism:isbn')]),
      ...listed('tools', tools),
    });
  }
  // The dates in the Info dictionary say when the file was made, not when the book was published.
  said.push({
    place: 'info',
    ...named('title', textsOf(info.Title)[0]),
    ...listed('authors', textsOf(info.Author)),
    ...listed('tools', tools),
  });
  return said.filter(({ title, authors, date, identifiers }) => title || authors || date || identifiers);
}

/** Returns the strings in a value of any type, truncated to `maxTextLength`. */
function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .filter((text): text is string => typeof text === 'string')
    .map((text) => text.slice(0, maxTextLength).trim())
    .filter((text) => text !== '');
}

function named<Name extends string>(name: Name, text: string | undefined): { [N in Name]?: string } {
  return (text ? { [name]: text } : {}) as { [N in Name]?: string };
}

function listed<Name extends string>(name: Name, texts: string[]): { [N in Name]?: string[] } {
  return (texts.length > 0 ? { [name]: texts.slice(0, maxListLength) } : {}) as { [N in Name]?: string[] };
}
