/** Makes broken, encrypted and malicious files. hostile.test.ts reads them; docs/embedded.md has the outcomes. */
import { buffer } from 'node:stream/consumers';
import { deflateSync } from 'node:zlib';
import { ZipFile } from 'yazl';
import { writeEpub } from '../../../../functions/drive-emulator/sample/epub.ts';
import { writePdf } from '../../../../functions/drive-emulator/sample/pdf.ts';
import type { Format, Reading } from '../../../../functions/sync/metadata/embedded/embedded.ts';
import type { Reader } from '../../../../functions/sync/metadata/embedded/reader.ts';

export interface Hostile {
  what: string;
  format: Format;
  make: () => Promise<Buffer> | Buffer;
  /** The size that Drive reports, in bytes. Defaults to the real size. */
  size?: number;
  /** What the warning must say; null if the file is harmless and may be read. */
  warning: RegExp | null;
}

/** Makes a PDF of these objects, numbered from 1. `trailer` is added to the trailer after Size and Root. */
function pdfOf(objects: string[], trailer = ''): Buffer {
  let text = '%PDF-1.5\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

function packed(dictionary: string, bytes: Buffer): string {
  return `<< ${dictionary} /Filter /FlateDecode /Length ${bytes.length} >>\nstream\n${bytes.toString('latin1')}\nendstream`;
}

const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>';

/** 400 MB of zeros, compressed twice, about a thousandfold each time. */
const bomb = deflateSync(deflateSync(Buffer.alloc(400 * 1024 * 1024), { level: 9 }), { level: 9 });

async function epubOf(files: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream as unknown as AsyncIterable<Buffer>);
}

const container = '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>';
export const good = writePdf({ lines: ['text'], info: { title: 'Emma', author: 'Jane Austen' }, xmp: null });
export const goodEpub = () =>
  writeEpub({
    title: 'Emma',
    language: 'en',
    creator: 'Jane Austen',
    date: '1815',
    uuid: 'u',
    paragraphs: ['p'],
  });

const laughs = `<!DOCTYPE p [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i} "${`&a${i - 1};`.replace('a-1', 'a').repeat(10)}">`).join('')}]>`;

export const hostileFiles: readonly Hostile[] = (
  [
    ['an empty file', 'pdf', () => Buffer.alloc(0), undefined, /empty/],
    ['zeros', 'pdf', () => Buffer.alloc(100_000), undefined, /./],
    ['zeros called EPUB', 'epub', () => Buffer.alloc(100_000), undefined, /./],
    ['an EPUB called PDF', 'pdf', goodEpub, undefined, /./],
    ['a PDF called EPUB', 'epub', () => good, undefined, /./],
    ['a PDF cut in half', 'pdf', () => good.subarray(0, good.length / 2), undefined, null],
    ['a PDF shorter than Drive says', 'pdf', () => good, 5_000_000, /shorter/],
    ['4 GB of nothing', 'pdf', () => Buffer.alloc(400_000), 4 * 1024 ** 3, /shorter|more bytes/],
    ['4 GB of nothing, called EPUB', 'epub', () => Buffer.alloc(0), 4 * 1024 ** 3, /shorter/],
    [
      'an encrypted PDF',
      'pdf',
      () =>
        pdfOf(
          [
            '<< /Type /Catalog /Pages 2 0 R >>',
            `<< /Type /Pages /Count 1 /Kids [3 0 R] >>`,
            page,
            '<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O (00000000000000000000000000000000) /U (11111111111111111111111111111111) >>',
          ],
          '/Encrypt 4 0 R /ID [(1) (1)]',
        ),
      undefined,
      /Password|password|encrypt/i,
    ],
    [
      'a page tree that is its own child',
      'pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R >>',
          '<< /Type /Pages /Count 9999999 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>',
        ]),
      undefined,
      null,
    ],
    [
      'a cross-reference table that is its own predecessor',
      'pdf',
      () =>
        pdfOf(
          ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>', page],
          '/Prev 15',
        ),
      undefined,
      null,
    ],
    [
      'XMP that unpacks to 400 MB',
      'pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>',
          '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
          page,
          packed('/Type /Metadata /Subtype /XML', bomb).replace(
            '/Filter /FlateDecode',
            '/Filter [/FlateDecode /FlateDecode]',
          ),
        ]),
      undefined,
      /memory|breaks|long|Error/,
    ],
    [
      'XMP whose entities expand',
      'pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>',
          '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
          page,
          packed(
            '/Type /Metadata /Subtype /XML',
            deflateSync(
              Buffer.from(
                `${laughs}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description><dc:title>&a19;</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>`,
              ),
            ),
          ),
        ]),
      undefined,
      null,
    ],
    [
      'an OPF whose entities expand',
      'epub',
      () =>
        epubOf({
          'META-INF/container.xml': container,
          'a.opf': `${laughs}<package><metadata><title>&a19;</title></metadata></package>`,
        }),
      undefined,
      null,
    ],
    [
      'an OPF of 400 MB in a zip of 400 KB',
      'epub',
      () => epubOf({ 'META-INF/container.xml': container, 'a.opf': ' '.repeat(400 * 1024 * 1024) }),
      undefined,
      /too large/,
    ],
    [
      'an OPF that lies about its size',
      'epub',
      async () =>
        lie(await epubOf({ 'META-INF/container.xml': container, 'a.opf': ' '.repeat(200 * 1024 * 1024) })),
      undefined,
      /./,
    ],
    [
      'an OPF nested 100,000 deep',
      'epub',
      () => epubOf({ 'META-INF/container.xml': container, 'a.opf': '<a>'.repeat(100_000) }),
      undefined,
      null,
    ],
    [
      'an EPUB without a package document',
      'epub',
      () => epubOf({ 'META-INF/container.xml': container }),
      undefined,
      /a\.opf/,
    ],
    [
      'an EPUB whose container points out of it',
      'epub',
      () => epubOf({ 'META-INF/container.xml': container.replace('a.opf', '../../etc/passwd') }),
      undefined,
      /etc\/passwd/,
    ],
  ] as [string, Format, Hostile['make'], number | undefined, RegExp | null][]
).map(([what, format, make, size, warning]) => ({
  what,
  format,
  make,
  warning,
  ...(size === undefined ? {} : { size }),
}));

/** The reading of a book, and what it really requested. */
export interface Told {
  reading: Reading;
  requests: number;
  bytes: number;
}

/** Reads a book from memory. */
export async function readBytes(
  reader: Reader,
  format: Format,
  content: Uint8Array,
  size = content.length,
): Promise<Told> {
  let [requests, bytes] = [0, 0];
  const reading = await reader.read({
    format,
    size,
    async readRange(start, end) {
      requests += 1;
      bytes += end - start;
      return content.slice(start, Math.min(end, content.length));
    },
  });
  return { reading, requests, bytes };
}

/** A row of the table in docs/embedded.md: file, format, outcome, requests, bytes. */
export function hostileRow({ what, format }: Hostile, { reading, requests, bytes }: Told): string {
  const heard =
    reading.kind === 'read' && reading.said.map(({ title, authors }) => title ?? authors?.join(', '));
  const outcome = heard
    ? `read: ${
        heard
          .filter(Boolean)
          .map((text) => `\`${text}\``)
          .join(', ') || 'no metadata'
      }`
    : `warning: ${reading.kind === 'unreadable' ? reading.problem.replace(/[|\n]/gu, ' ') : ''}`;
  const name = what.replace(/, called EPUB$/u, '');
  return `| ${name} | ${format === 'pdf' ? 'PDF' : 'EPUB'} | ${outcome} | ${requests} | ${bytes.toLocaleString('en')} |`;
}

/** Makes the zip directory say that its last file decompresses to one kilobyte. */
function lie(zip: Buffer): Buffer {
  const entry = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  zip.writeUInt32LE(1024, entry + 24);
  return zip;
}
