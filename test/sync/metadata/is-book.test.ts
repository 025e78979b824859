/** Which files of the library are books. */
import { expect, it } from 'vitest';
import { isBook } from '../../../functions/sync/metadata/is-book.ts';

const octets = 'application/octet-stream';
const rows: [name: string, mimeType: string, book: boolean][] = [
  ['Book.pdf', 'application/pdf', true],
  ['Book.PDF', octets, true],
  ['Book.ePub', octets, true],
  ['Book', 'application/pdf', true],
  ['Book', 'application/epub+zip', true],
  ['Book', 'Application/PDF; charset=binary', true],
  ['Book.pdf.exe', octets, false],
  ['Book', octets, false],
  ['Cover.jpg', 'image/jpeg', false],
  ['Notes.pdf', 'application/vnd.google-apps.document', false],
  ['Book.pdf', 'application/vnd.google-apps.shortcut', false],
  ['.DS_Store', octets, false],
  ['.hidden.pdf', 'application/pdf', false],
  ['._Book.pdf', 'application/pdf', false],
  ['~$Book.pdf', 'application/pdf', false],
  ['', '', false],
];

it.each(rows)('decides whether "%s" of type "%s" is a book: %s', (name, mimeType, book) => {
  expect(isBook({ name, mimeType })).toBe(book);
});
