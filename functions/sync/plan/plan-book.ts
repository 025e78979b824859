/**
 * Pure functions: decide what to write to the document of one book.
 *
 * They implement the rules of docs/catalog.md: a person's correction wins, changed content is marked for a new vector
 * embedding, and other programs' fields are never touched.
 */
import { isDeepStrictEqual } from 'node:util';
import { type BookDocument, descriptionFields, type SyncRecord } from '../catalog/book-document.ts';
import type { Description, EmbeddedRecord, FileFacts, LibraryBook, Origins } from '../core/book.ts';
import type { FieldChanges } from '../core/logs.ts';
import { type Merged, merge } from '../metadata/embedded/merge.ts';
import type { Change } from './change.ts';

/** The description fields that every document has. */
const required: ReadonlySet<keyof Description> = new Set(['title', 'author', 'year']);
const describedFields: ReadonlySet<string> = new Set(descriptionFields);

/**
 * Plans the change that one book of the library requires in the catalog.
 *
 * @param document the book's document as it is now, if there is one
 * @returns undefined if the document is up to date
 */
export function planBook(book: LibraryBook, document: BookDocument | undefined): Change | undefined {
  return document ? planUpdate(book, document) : planAdd(book);
}

export function planAdd(book: LibraryBook): Change {
  const { facts } = book;
  const { description, origin } = describeBook(book, book.embedded);
  return {
    kind: 'add',
    docId: facts.drive_id,
    fileId: facts.drive_id,
    title: description.title,
    book,
    set: {
      ...description,
      ...facts,
      is_embedded: false,
      vector_embedding_link: '',
      sync: syncRecordOf(book, description, origin, book.embedded),
    },
    stamp: ['added_date', 'updated_date'],
  };
}

function planUpdate(book: LibraryBook, document: BookDocument): Change | undefined {
  const { facts } = book;
  const embedded = embeddedOf(book, document);
  const { description, origin } = describeBook(book, embedded);
  const set: Record<string, unknown> = {};
  const clear: string[] = [];
  const stamp: string[] = [];
  const written: Partial<Description> = { ...document.sync?.written };

  // A field that the file does not provide and that this project never wrote is not touched.
  for (const field of keysOf({ ...written, ...description })) {
    const wanted = wantedValue(description, document, field);
    if (wanted === keep) {
      origin[field] = document.sync ? 'person' : 'before';
      continue;
    }
    if (wanted === undefined) {
      delete written[field];
      if (document.fields[field] !== undefined) clear.push(field);
    } else {
      Object.assign(written, { [field]: wanted });
      if (!isDeepStrictEqual(document.fields[field], wanted)) set[field] = wanted;
    }
  }
  for (const [field, wanted] of Object.entries(facts)) {
    if (!isDeepStrictEqual(document.fields[field], wanted)) set[field] = wanted;
  }
  if (document.removed) clear.push('removed_date');
  Object.assign(set, embeddingFields(facts, document));
  if (document.fields.added_date === undefined) stamp.push('added_date');

  const changes: FieldChanges = {};
  for (const field of Object.keys(set)) changes[field] = { from: document.fields[field], to: set[field] };
  for (const field of clear)
    changes[field] = { from: field === 'removed_date' ? 'set' : document.fields[field], to: undefined };
  const record = syncRecordOf(book, written, origin, embedded, document.sync);
  // New rules that change nothing are no reason to write. The version in the record is updated with the next change.
  const recorded =
    document.sync !== undefined &&
    isDeepStrictEqual(document.sync.written, written) &&
    document.sync.md5 === record.md5 &&
    isDeepStrictEqual(document.sync.embedded, embedded);
  const idle = recorded && Object.keys(changes).length === 0 && stamp.length === 0;
  if (idle && !isToRead(book, document)) return undefined;

  const title = typeof set.title === 'string' ? set.title : titleOf(document);
  return {
    kind: document.removed ? 'restore' : 'update',
    docId: document.docId,
    fileId: document.fileId,
    title,
    book,
    read: document,
    set: { ...set, sync: record },
    clear,
    stamp: [...stamp, 'updated_date'],
    changes,
    byRulesAlone: isByRulesAlone(book, document, Object.keys(changes)),
    onlyReadsContent: idle,
  };
}

/** A field that keeps its value although the file provides a different one, or none. */
export interface KeptField {
  field: keyof Description;
  value: unknown;
  /** Undefined if the file provides no value. */
  fileSays: unknown;
  /** `person`: a person corrected it. `before`: the value is older than this project, and the file provides none. */
  why: 'person' | 'before';
}

/** The fields of a document that a run does not change, for display only; a run does not use this. */
export function keptFields(book: LibraryBook, document: BookDocument): KeptField[] {
  const { description } = describeBook(book, embeddedOf(book, document));
  const why = document.sync ? 'person' : 'before';
  return keysOf({ ...document.sync?.written, ...description }).flatMap((field) => {
    const value = document.fields[field];
    const fileSays = description[field];
    const isKept = wantedValue(description, document, field) === keep && !isDeepStrictEqual(value, fileSays);
    return isKept ? [{ field, value, fileSays, why }] : [];
  });
}

/** True if the rules are newer, the file has the same content, and only description fields change. */
function isByRulesAlone(book: LibraryBook, document: BookDocument, fields: readonly string[]): boolean {
  const { sync } = document;
  if (fields.length === 0 || !sync || sync.rules === book.rules || document.removed) return false;
  return sync.md5 === book.facts.md5_checksum && fields.every((field) => describedFields.has(field));
}

/** The known embedded metadata of the current content. */
function embeddedOf(book: LibraryBook, document: BookDocument | undefined): EmbeddedRecord | undefined {
  if (book.embedded) return book.embedded;
  const known = document?.sync?.embedded;
  return known?.md5 === book.facts.md5_checksum ? known : undefined;
}

/**
 * Whether the content must be read before the document is written: either it is new or changed, or an earlier run
 * could not read it. False once this run has tried to read it.
 */
export function isToRead(book: LibraryBook, document: BookDocument | undefined): boolean {
  const md5 = book.facts.md5_checksum;
  if (book.mode === 'off' || book.embedded || md5 === null) return false;
  const known = embeddedOf(book, document);
  return known ? known.unread === true : document?.sync?.md5 !== md5;
}

function describeBook(book: LibraryBook, embedded: EmbeddedRecord | undefined): Merged {
  const { description, rule, confidence, mode } = book;
  const named = { fileName: book.facts.original_filename, description, rule, confidence };
  return merge(named, embedded?.said ?? [], mode);
}

/** The field must not be written. */
const keep = Symbol('keep');

/**
 * What a description field should hold: a value, undefined for "no such field", or `keep`.
 * If the document differs from what this project last wrote, a person corrected it, and the correction wins.
 */
function wantedValue(description: Description, document: BookDocument, field: keyof Description): unknown {
  const value = document.fields[field];
  const wanted = description[field];
  if (document.sync === undefined) {
    // A document from before this project: it is unknown who wrote its values. A value that the file provides is
    // written. If the file provides none, an existing value is better than none.
    const known = wanted !== undefined && wanted !== null;
    return known || !isValid(field, value) || value === null || value === undefined ? wanted : keep;
  }
  return isValid(field, value) && !isDeepStrictEqual(value, document.sync.written?.[field]) ? keep : wanted;
}

/** Whether other programs can rely on the value. A value of the wrong type is not a correction and is replaced. */
function isValid(field: keyof Description, value: unknown): boolean {
  if (field === 'title') return typeof value === 'string' && value !== '';
  if (field === 'tags') return value === undefined || Array.isArray(value);
  if (required.has(field)) return value === null || typeof value === 'string';
  return value === undefined || typeof value === 'string';
}

/**
 * Resets `is_embedded` if the content changed, so that it gets a new vector embedding. If it is unknown which content
 * the existing embedding was made from, the embedding is kept.
 */
function embeddingFields(facts: FileFacts, document: BookDocument): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const seen = document.sync?.md5 ?? document.fields.md5_checksum;
  const changed = typeof seen === 'string' && facts.md5_checksum !== null && seen !== facts.md5_checksum;
  const { is_embedded, vector_embedding_link } = document.fields;
  if (is_embedded === undefined || (changed && is_embedded !== false)) fields.is_embedded = false;
  if (vector_embedding_link === undefined) fields.vector_embedding_link = '';
  return fields;
}

function syncRecordOf(
  { facts, rules }: LibraryBook,
  written: Partial<Description>,
  origin: Origins,
  embedded: EmbeddedRecord | undefined,
  before?: SyncRecord,
): SyncRecord {
  // If Drive provides no checksum, the last known one stays.
  const md5 = facts.md5_checksum ?? before?.md5 ?? null;
  return { written, md5, rules, origin, ...(embedded ? { embedded } : {}) };
}

/** The name of a document in log lines. */
export function titleOf(document: BookDocument): string {
  const { title, original_filename } = document.fields;
  return (
    [title, original_filename].find((value): value is string => typeof value === 'string') ?? document.docId
  );
}

function keysOf(description: Partial<Description>): (keyof Description)[] {
  return Object.keys(description) as (keyof Description)[];
}
