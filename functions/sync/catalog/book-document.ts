/** The document of a book: its fields, how they are read, and which of them are this project's to write. */
import type { DocumentData, Timestamp } from 'firebase-admin/firestore';
import * as z from 'zod';
import type { Description, EmbeddedRecord, FileFacts, Origins } from '../core/book.ts';
import { asObject } from '../core/objects.ts';

/** What this project last wrote and saw, kept in the document's `sync` field. */
export interface SyncRecord {
  /** The description as this project last wrote it: a field that differs now was corrected by somebody. */
  written: Partial<Description>;
  /** The content the embedder was last told of. */
  md5: string | null;
  /** The version of the file-name rules that gave the description. */
  rules: number;
  /** Where each described field's value came from. */
  origin?: Origins;
  /** What the content said. */
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

/** All that is read of a document: other programs' fields, which may be large, stay where they are. */
export const readFields = [
  ...descriptionFields,
  ...factFields,
  'added_date',
  'is_embedded',
  'vector_embedding_link',
  'removed_date',
  'sync',
] as const;

/** A document as it was at one moment. */
export interface BookDocument {
  docId: string;
  fileId: string;
  /** The precondition of any write that is planned from this reading. */
  updateTime: Timestamp;
  /** Which of two documents for one file is the older. */
  createdAt: number;
  /** The values found, of whatever type: other programs and people write here too. */
  fields: DocumentData;
  /** Undefined where this project never wrote here, or where what it wrote was destroyed. */
  sync: SyncRecord | undefined;
  removed: boolean;
}

/**
 * Reads a document; undefined where it stands for no file of Drive, and so is none of this project's business.
 *
 * @param standsFor the file a document without a usable `drive_id` is taken to stand for
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

/** The link under which a person opens a file. */
export function driveLink(id: string): string {
  return `https://drive.google.com/file/d/${id}/view`;
}
