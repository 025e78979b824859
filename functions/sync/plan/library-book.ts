/** Converts a file of the library to the book that the catalog should show. */
import { driveLink } from '../catalog/book-document.ts';
import type { EmbeddedMode, LibraryBook } from '../core/book.ts';
import type { LibraryFile } from '../drive/items.ts';
import { describeFile } from '../metadata/file-name/describe-file.ts';
import { rulesVersion } from '../metadata/rules-version.ts';

/** @param mode how embedded metadata is used alongside the file name */
export function toLibraryBook(file: LibraryFile, mode: EmbeddedMode): LibraryBook {
  const { title, author, year, isbn, publisher, series, edition, language, tags, rule, confidence } =
    describeFile(file.name);
  const extras = { isbn, publisher, series, edition, language, tags: tags?.length ? tags : undefined };
  const known = Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
  return {
    description: { title, author, year, ...known },
    rule,
    confidence,
    facts: {
      drive_id: file.id,
      drive_link: driveLink(file.id),
      original_filename: file.name,
      created_time: file.createdTime,
      modified_time: file.modifiedTime,
      mime_type: file.mimeType,
      size_bytes: file.sizeBytes,
      md5_checksum: file.md5,
    },
    rules: rulesVersion,
    mode,
    ...(file.resourceKey === undefined ? {} : { resourceKey: file.resourceKey }),
  };
}
