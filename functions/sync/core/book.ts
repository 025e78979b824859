/** A book: what it is, which file it is, as the catalog shows both. */
import type { EmbeddedMode, EmbeddedRecord } from '../metadata/embedded/embedded.ts';

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
