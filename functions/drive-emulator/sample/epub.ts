import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { escapeXml } from './pdf.ts';

export interface EpubBook {
  /**
   * From here to `isbn`: metadata of the package document. An EPUB requires title and language; the rest is optional.
   */
  readonly title: string;
  readonly language: string;
  readonly creator?: string;
  /** `YYYY` or `YYYY-MM-DD`. */
  readonly date?: string;
  readonly publisher?: string;
  /** Without `urn:isbn:`. */
  readonly isbn?: string;
  /** The identifier of a book without an ISBN. */
  readonly uuid: string;
  readonly paragraphs: readonly string[];
}

/**
 * Writes an EPUB 3 (https://www.w3.org/TR/epub-33/). The same book always gives the same bytes. Nothing is
 * compressed, because deflated bytes differ between versions of zlib.
 */
export async function writeEpub(book: EpubBook): Promise<Buffer> {
  const zip = new ZipFile();
  // Zip times are local, so a local date gives the same bytes in every time zone. Extended timestamps would add an
  // extra field to the header of `mimetype`, which EPUB forbids.
  const options = { compress: false, mtime: new Date(2020, 0, 1), mode: 0o100644, forceDosTimestamp: true };
  // EPUB requires `mimetype` to be the first file, so that its content is at a fixed offset.
  zip.addBuffer(Buffer.from('application/epub+zip'), 'mimetype', options);
  for (const [name, content] of Object.entries(filesOf(book))) {
    zip.addBuffer(Buffer.from(content), name, options);
  }
  zip.end();
  return buffer(zip.outputStream);
}

function filesOf(book: EpubBook): Record<string, string> {
  return {
    'META-INF/container.xml': `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`,
    'EPUB/package.opf': packageDocument(book),
    'EPUB/nav.xhtml': page(
      book,
      'Contents',
      '<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="text.xhtml">Text</a></li></ol></nav>',
    ),
    'EPUB/text.xhtml': page(
      book,
      'Text',
      [
        `<h1>${escapeXml(book.title)}</h1>`,
        ...book.paragraphs.map((text) => `<p>${escapeXml(text)}</p>`),
      ].join('\n'),
    ),
  };
}

function packageDocument(book: EpubBook): string {
  const identifier = book.isbn === undefined ? `urn:uuid:${book.uuid}` : `urn:isbn:${book.isbn}`;
  const optional = [
    book.creator === undefined ? '' : `<dc:creator id="creator">${escapeXml(book.creator)}</dc:creator>`,
    book.date === undefined ? '' : `<dc:date>${book.date}</dc:date>`,
    book.publisher === undefined ? '' : `<dc:publisher>${escapeXml(book.publisher)}</dc:publisher>`,
  ].filter((line) => line !== '');
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">${identifier}</dc:identifier>
<dc:title>${escapeXml(book.title)}</dc:title>
<dc:language>${book.language}</dc:language>
${optional.map((line) => `${line}\n`).join('')}<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="text" href="text.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="text"/></spine>
</package>
`;
}

function page(book: EpubBook, title: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="${book.language}" lang="${book.language}">
<head><title>${title}</title></head>
<body>
${body}
</body>
</html>
`;
}
