/** Which files of the library are books. */

const bookTypes = new Set(['application/pdf', 'application/epub+zip']);
const bookExtension = /\.(?:pdf|epub)$/iu;
const googleDocsPrefix = 'application/vnd.google-apps.';

/**
 * True for a PDF or EPUB: by its extension (in any letter case) or, if the name has neither, by its MIME type.
 *
 * Never true for Google's own document types (they have no bytes to download), hidden files (`.DS_Store`,
 * AppleDouble's `._Book.pdf`), or the lock files that Office leaves next to an open document (`~$Book.pdf`).
 */
export function isBook(file: { name: string; mimeType: string }): boolean {
  const name = file.name.trim();
  const mimeType = (file.mimeType.split(';')[0] ?? '').trim().toLowerCase();
  if (mimeType.startsWith(googleDocsPrefix) || name.startsWith('.') || name.startsWith('~$')) return false;
  return bookExtension.test(name) || bookTypes.has(mimeType);
}
