/** Metadata for the Info dictionary or the XMP packet of a PDF. Undefined values are not written. */
export interface PdfMetadata {
  readonly title?: string;
  readonly author?: string;
  /** `YYYY-MM-DD`. */
  readonly date?: string;
  /** The program that created the file. */
  readonly creator?: string;
}

export interface PdfBook {
  /** Lines of ASCII text of at most 80 characters; 40 lines fit on a page. */
  readonly lines: readonly string[];
  /** Null: no Info dictionary. */
  readonly info: PdfMetadata | null;
  /** Null: no XMP packet. */
  readonly xmp: PdfMetadata | null;
}

const linesPerPage = 40;
const catalogObject = 1;
const pagesObject = 2;
const fontObject = 3;

/** Writes a PDF 1.4 (ISO 32000-1). The same book always gives the same bytes. */
export function writePdf(book: PdfBook): Buffer {
  const objects: string[] = ['', '', '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  const add = (object: string): number => objects.push(object);
  const kids: number[] = [];
  for (let at = 0; at < book.lines.length; at += linesPerPage) {
    const content = add(stream('', pageContent(book.lines.slice(at, at + linesPerPage))));
    kids.push(
      add(
        `<< /Type /Page /Parent ${pagesObject} 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R /Resources << /Font << /F1 ${fontObject} 0 R >> >> >>`,
      ),
    );
  }
  const metadata =
    book.xmp === null
      ? ''
      : ` /Metadata ${add(stream('/Type /Metadata /Subtype /XML', xmpPacket(book.xmp)))} 0 R`;
  const info = book.info === null ? '' : ` /Info ${add(infoDictionary(book.info))} 0 R`;
  objects[catalogObject - 1] = `<< /Type /Catalog /Pages ${pagesObject} 0 R${metadata} >>`;
  objects[pagesObject - 1] =
    `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`;
  return assemble(objects, info);
}

function assemble(objects: readonly string[], info: string): Buffer {
  // The second line marks the file as binary for programs that would otherwise convert line endings.
  let text = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const offset of offsets) text += `${String(offset).padStart(10, '0')} 00000 n \n`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root ${catalogObject} 0 R${info} >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** A stream object with the text as UTF-8. The result has one character per byte. */
function stream(dictionary: string, content: string): string {
  const bytes = Buffer.from(content).toString('latin1');
  return `<< ${dictionary} /Length ${bytes.length} >>\nstream\n${bytes}\nendstream`;
}

function pageContent(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`);
  return `BT /F1 11 Tf 16 TL 60 780 Td\n${shown.join('\n')}\nET`;
}

function infoDictionary(info: PdfMetadata): string {
  const entries = [
    ['Title', info.title],
    ['Author', info.author],
    ['Creator', info.creator],
    ['CreationDate', info.date && `D:${info.date.replaceAll('-', '')}120000Z`],
  ] as const;
  const written = entries.flatMap(([key, value]) =>
    value === undefined ? [] : [`/${key} ${textString(value)}`],
  );
  return `<< ${written.join(' ')} >>`;
}

/** A text string: a literal if it is ASCII, otherwise UTF-16 with a byte order mark (ISO 32000-1, 7.9.2.2). */
function textString(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replace(/[\\()]/g, '\\$&')})`;
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

function xmpPacket(xmp: PdfMetadata): string {
  const title =
    xmp.title &&
    `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(xmp.title)}</rdf:li></rdf:Alt></dc:title>`;
  const author =
    xmp.author && `<dc:creator><rdf:Seq><rdf:li>${escapeXml(xmp.author)}</rdf:li></rdf:Seq></dc:creator>`;
  const date = xmp.date && `<xmp:CreateDate>${xmp.date}T12:00:00Z</xmp:CreateDate>`;
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">',
    ...[title, author, date].filter((part) => part !== undefined && part !== ''),
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');
}

/** Escapes text for XML content and attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
