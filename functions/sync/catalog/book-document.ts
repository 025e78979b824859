/** The Firestore document of a book: its fields, how they are read, and which of them this project writes. */
import type { DocumentData, Timestamp } from 'firebase-admin/firestore';
import * as z from 'zod';
import type { Description, EmbeddedRecord, FileFacts, Origins } from '../core/book.ts';
import { asObject } from '../core/objects.ts';

/** What this project last wrote and saw, stored in the document's `sync` field. */
export interface SyncRecord {
  /** The description as this project last wrote it. A field whose value differs now was corrected by a person. */
  written: Partial<Description>;
  /** The last MD5 checksum that Drive reported for the file. When it changes, `is_embedded` is reset to false. */
  md5: string | null;
  /** The version of the file-name rules that produced the description. */
  rules: number;
  /** The origin of each description field. */
  origin?: Origins;
  /** The metadata read from the file's content. */
  embedded?: EmbeddedRecord;
}

/** The fields of a Description. */
export const descriptionFields = [
  'title',
  'author',
  'year',
  'isbn',
  'publisher',
  'series',
  'edition',
  'language',
  'tags',
] as const satisfies readonly (keyof Description)[];
const factFields = [
  'drive_id',
  'drive_link',
  'original_filename',
  'created_time',
  'modified_time',
  'mime_type',
  'size_bytes',
  'md5_checksum',
] as const satisfies readonly (keyof FileFacts)[];

/** The only fields that are read from a document. Other programs' fields may be large, so they are not fetched. */
export const readFields = [
  ...descriptionFields,
  ...factFields,
  'added_date',
  'is_embedded',
  'vector_embedding_link',
  'removed_date',
  'sync',
] as const;

/** A document as it was when it was read. */
export interface BookDocument {
  docId: string;
  fileId: string;
  /** The precondition of every write that is planned from this read. */
  updateTime: Timestamp;
  /** When the document was created, in milliseconds since the epoch. Decides which of two duplicates is older. */
  createdAt: number;
  /** The stored values. They can have any type, because other programs and people write here too. */
  fields: DocumentData;
  /** Undefined if this project never wrote the document, or if its record was deleted or damaged. */
  sync: SyncRecord | undefined;
  removed: boolean;
}

/**
 * Reads a document.
 *
 * @param standsFor the file id to assume for a document without a usable `drive_id`
 * @returns undefined if the document does not belong to a Drive file; this project then ignores it
 */
export function readBookDocument(
  docId: string,
  fields: DocumentData,
  times: { updateTime: Timestamp; createTime: Timestamp },
  standsFor?: string,
): BookDocument | undefined {
  const fileId = typeof fields.drive_id === 'string' && fields.drive_id !== '' ? fields.drive_id : standsFor;
  if (fileId === undefined) return undefined;
  const sync = readSyncRecord(fields.sync);
  const removed = fields.removed_date !== undefined && fields.removed_date !== null;
  const { updateTime, createTime } = times;
  return { docId, fileId, updateTime, createdAt: createTime.toMillis(), fields, sync, removed };
}

function readSyncRecord(value: unknown): SyncRecord | undefined {
  const record = asObject(value);
  const written = asObject(record?.written);
  if (!record || !written) return undefined;
  const embedded = embeddedSchema.safeParse(record.embedded);
  return {
    written,
    md5: typeof record.md5 === 'string' ? record.md5 : null,
    rules: typeof record.rules === 'number' ? record.rules : 0,
    ...(embedded.success ? { embedded: embedded.data as EmbeddedRecord } : {}),
  };
}

const texts = z.array(z.string()).optional();
const text = z.string().optional();
const embeddedSchema = z.object({
  md5: z.string(),
  said: z.array(
    z.object({
      place: z.enum(['xmp', 'info', 'opf']),
      title: text,
      authors: texts,
      date: text,
      publisher: text,
      language: text,
      identifiers: texts,
      subjects: texts,
      tools: texts,
    }),
  ),
  unread: z.literal(true).optional(),
});

/** The link that opens a file in Drive. */
export function driveLink(id: string): string {
  return `https://drive.google.com/file/d/${id}/view`;
}
