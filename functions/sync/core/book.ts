/** The fields that describe a book. People may correct them. */
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

/** The fields that describe the file. They always follow Drive: any difference is written to the catalog. */
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

/** A file in the library with the metadata from its name and, once its content was read, from its content. */
export interface LibraryBook {
  /** The metadata from the file name. */
  description: Description;
  /** The file-name rule that produced `description`; `confidence` says how reliable the result is. */
  rule: string;
  confidence: 'sure' | 'unsure';
  facts: FileFacts;
  rules: number;
  /** How embedded metadata is used. */
  mode: EmbeddedMode;
  /** The key required to open a file in Drive that is shared by link, if it has one. */
  resourceKey?: string;
  /** The embedded metadata read in this run. If absent, the document's record of the same content is used. */
  embedded?: EmbeddedRecord;
}

// The types of embedded metadata are here because the parts that may not import metadata/embedded use them too.

/**
 * How embedded metadata is used:
 *
 * - `off`: only the file name is used; no content is read.
 * - `fill`: embedded metadata is used for fields that the name lacks or is unsure about.
 * - `prefer`: embedded metadata takes precedence over the name.
 */
export type EmbeddedMode = 'off' | 'fill' | 'prefer';

/**
 * The metadata from one place in a file, verbatim and not yet validated: the XMP packet or Info dictionary of a
 * PDF, or the package document of an EPUB. Texts are truncated to `maxTextLength` characters, lists to
 * `maxListLength` entries.
 */
export interface EmbeddedFields {
  place: 'xmp' | 'info' | 'opf';
  title?: string;
  authors?: string[];
  /** As written in the file, in any format. */
  date?: string;
  publisher?: string;
  language?: string;
  /** ISBNs, DOIs, UUIDs, and other identifiers of the book. */
  identifiers?: string[];
  subjects?: string[];
  /** The programs that created the file. */
  tools?: string[];
}

/** The embedded metadata of a file and the checksum of its content, so that a rename needs no second read. */
export interface EmbeddedRecord {
  md5: string;
  /** One entry per place, the most trusted first. Empty if the file has no embedded metadata or cannot be read. */
  said: EmbeddedFields[];
  /** True if reading failed for a reason other than the file itself. A later run reads the content again. */
  unread?: true;
}

/**
 * Where a field's value came from:
 *
 * - `name`: the file name.
 * - `embedded`: the file's content.
 * - `stem`: the file name without its extension, used as the title.
 * - `person`: a correction.
 * - `before`: the value predates this project.
 */
export type Origin = 'name' | 'embedded' | 'stem' | 'person' | 'before';

export type Origins = Partial<Record<keyof Description, Origin>>;
