/** The fields that say what a book is. People may correct them. */
export interface Description {
  title: string;
  author: string | null;
  /** Four digits. */
  year: string | null;
  isbn?: string;
  publisher?: string;
  series?: string;
  edition?: string;
  language?: string;
  tags?: string[];
}

/** The fields that say what the file is. A difference here is the file's, and is written. */
export interface FileFacts {
  drive_id: string;
  drive_link: string;
  original_filename: string;
  created_time: string;
  modified_time: string;
  mime_type: string;
  size_bytes: number;
  md5_checksum: string | null;
}

/** A file of the library with what its name and, once it was read, its content say of it. */
export interface LibraryBook {
  /** What the name says. */
  description: Description;
  /** The rule of the file-name grammar that gave it, and how far to trust it. */
  rule: string;
  confidence: 'sure' | 'unsure';
  facts: FileFacts;
  rules: number;
  /** How much the content counts. */
  mode: EmbeddedMode;
  /** What opens the file in Drive, where it is shared by link. */
  resourceKey?: string;
  /** What a reading in this very run gave; without it, what the document remembers of the same content counts. */
  embedded?: EmbeddedRecord;
}

/** What the content of a book says of itself: the shapes that the rest of the program knows of this folder. */

/**
 * - `off`: the name alone counts; no content is read.
 * - `fill`: the content counts where the name left a gap or is unsure.
 * - `prefer`: the content counts before the name.
 */
export type EmbeddedMode = 'off' | 'fill' | 'prefer';

/**
 * What one place in a file says, word for word and not yet believed: a PDF's XMP packet or its Info dictionary, an
 * EPUB's package document. Texts are cut to `longestText` characters, lists to `longestList` entries.
 */
export interface EmbeddedFields {
  place: 'xmp' | 'info' | 'opf';
  title?: string;
  authors?: string[];
  /** As it stands there, of whatever form. */
  date?: string;
  publisher?: string;
  language?: string;
  /** ISBNs, DOIs, UUIDs and what else names a book. */
  identifiers?: string[];
  subjects?: string[];
  /** The programs that made the file. */
  tools?: string[];
}

/** What was read, and of which content, so that a rename needs no second reading. */
export interface EmbeddedRecord {
  md5: string;
  /** The places in the order of trust; empty where the file says nothing, or cannot be read. */
  said: EmbeddedFields[];
  /** True where the content was not looked at for a reason that was not the file's: it is tried again. */
  unread?: true;
}

/** Where a field's value came from. `person`: somebody corrected it; `before`: it stood there before this project. */
export type Origin = 'name' | 'embedded' | 'stem' | 'person' | 'before';

export type Origins = Partial<Record<keyof Description, Origin>>;
