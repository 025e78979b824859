/** Compares the catalog with the model, that is, with what the documented rules require it to contain. */
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import type { Fields, StoredDocument, Value } from './documents.ts';
import { foreignOf, incarnationOf, type Model, mayHaveBeenDeleted } from './model.ts';
import { expectedOf } from './names.ts';
import { label } from './workspace.ts';

export interface CheckResult {
  /** Differences between the catalog and the model, one line each. */
  divergences: string[];
  /** IDs of documents whose files are not in the library and that remain because removals are held. */
  surplus: Set<string>;
  /** IDs of documents that are allowed to differ until a reconcile: see convergence.test.ts. */
  pending: Set<string>;
}

export interface CheckOptions {
  /** After a reconcile, nothing may be pending. */
  after: 'incremental' | 'reconcile';
  /** The number of removals that are held now. */
  held: number;
}

/** Compares all documents with all books of the library. */
export function checkCatalog(model: Model, documents: StoredDocument[], options: CheckOptions): CheckResult {
  const { library, everInLibrary } = model;
  const result: CheckResult = { divergences: [], surplus: new Set(), pending: new Set() };
  const { divergences, surplus, pending } = result;
  const tolerant = options.after === 'incremental';
  const exempt: ReadonlySet<string> = (tolerant && model.unreported?.books) || new Set();
  const byFile = new Map<string, StoredDocument[]>();

  for (const document of documents) {
    const fileId = driveIdOf(document);
    if (fileId === undefined) {
      const own = foreignOf(model, document);
      if (own) expectForeignUnchanged(model, document, own.fields, divergences);
      else divergences.push(`${document.docId} has no drive_id, and no other program added it`);
      continue;
    }
    byFile.set(fileId, [...(byFile.get(fileId) ?? []), document]);
    expectOtherFieldsKept(model, document, divergences);
  }

  for (const [fileId, item] of library.books) {
    const all = (byFile.get(fileId) ?? []).sort(byAge);
    const isPending = (document: StoredDocument) =>
      tolerant && foreignOf(model, document) !== undefined && !isManaged(document);
    for (const document of all.filter(isPending)) pending.add(document.docId);
    // The sync finds a foreign document when it next examines the file. Until then, the older document counts.
    const current = all.find((document) => !isPending(document));
    if (exempt.has(fileId)) {
      for (const document of all) pending.add(document.docId);
      if (!current) pending.add(fileId);
      continue;
    }
    if (!current) divergences.push(`${label(item)} is in the library but not in the catalog`);
    else expectBook(model, item, current, divergences);
    for (const other of all) {
      if (other === current || isPending(other)) continue;
      const own = foreignOf(model, other);
      if (own && !isManaged(other)) expectForeignUnchanged(model, other, own.fields, divergences);
    }
  }

  for (const [fileId, all] of byFile) {
    if (library.books.has(fileId)) continue;
    for (const document of all) {
      const { docId } = document;
      const own = foreignOf(model, document);
      const title = `"${String(document.fields.title)}" (${docId})`;
      if (!own && !everInLibrary.has(fileId))
        divergences.push(`${title} is in the catalog but was never in the library`);
      const isGone = model.removals === 'mark' && isRemoved(document);
      if (isGone) continue;
      if (exempt.has(fileId) || (tolerant && own && !isManaged(document))) pending.add(docId);
      else if (options.held > 0) surplus.add(docId);
      else divergences.push(`${title} is no longer in the library but still in the catalog`);
    }
  }
  if (surplus.size > options.held)
    divergences.push(
      `${surplus.size} books should have been removed from the catalog, but only ${options.held} removals are held`,
    );
  if (!tolerant && surplus.size !== options.held)
    divergences.push(`the run reports ${options.held} held removals, but there are ${surplus.size}`);

  expectNoLostDocuments(model, documents, divergences);
  return result;
}

/** Checks the one document that counts for a book of the library. */
function expectBook(model: Model, item: Item, document: StoredDocument, divergences: string[]): void {
  const { fields, docId } = document;
  const incarnation = incarnationOf(document);
  const metadata = expectedOf(item.name);
  const embedding = model.embeddings.get(incarnation);
  const own = foreignOf(model, document);
  const expected: Fields = {
    ...own?.fields,
    ...(metadata && { title: metadata.title, author: metadata.author, year: metadata.year }),
    drive_id: item.id,
    drive_link: `https://drive.google.com/file/d/${item.id}/view`,
    original_filename: item.name,
    created_time: new Date(item.createdMs).toISOString(),
    modified_time: new Date(item.modifiedMs).toISOString(),
    mime_type: item.mimeType,
    size_bytes: item.size,
    md5_checksum: item.md5(),
    vector_embedding_link: '',
    ...embedding?.fields,
    is_embedded: embedding !== undefined && embedding.md5 === item.md5(),
  };
  for (const field of ['title', 'author', 'year'] as const) {
    const correction = model.corrections.get(`${incarnation}/${field}`);
    if (correction) expected[field] = correction.value;
  }
  const name = `${label(item)} in ${docId}`;
  for (const [field, value] of Object.entries(expected))
    if (!isSame(fields[field], value))
      divergences.push(`${name}: ${field} is ${show(fields[field])}, expected ${show(value)}`);
  for (const stamp of ['added_date', 'updated_date'])
    if (!isTimestamp(fields[stamp]))
      divergences.push(`${name}: ${stamp} is ${show(fields[stamp])}, expected a timestamp`);
  if (isRemoved(document))
    divergences.push(`${name}: removed_date is set although the book is in the library`);
  for (const field of Object.keys(fields))
    if (!(field in expected) && !['added_date', 'updated_date', 'sync', 'removed_date'].includes(field))
      divergences.push(`${name}: has an unexpected field ${field}`);
}

/** Checks a document that only the program that added it may write: no field was added, deleted, or changed. */
function expectForeignUnchanged(
  model: Model,
  document: StoredDocument,
  written: Fields,
  divergences: string[],
): void {
  const expected: Fields = { ...written, ...model.embeddings.get(incarnationOf(document))?.fields };
  const { removed_date: _, updated_date: __, ...fields } = document.fields;
  // When its file leaves the library, the document is marked as removed like any other.
  const found = isRemoved(document) ? fields : document.fields;
  for (const field of new Set([...Object.keys(expected), ...Object.keys(found)]))
    if (!isSame(found[field], expected[field]))
      divergences.push(
        `${document.docId} belongs to another program: ${field} is ${show(found[field])}, expected ${show(expected[field])}`,
      );
}

/** In any document, corrections must be kept, and so must fields that the sync does not own. */
function expectOtherFieldsKept(model: Model, document: StoredDocument, divergences: string[]): void {
  const { docId, fields } = document;
  const incarnation = incarnationOf(document);
  const { is_embedded, ...others } = model.embeddings.get(incarnation)?.fields ?? {};
  const note = foreignOf(model, document)?.fields.note;
  const expected: Fields = { ...(note === undefined ? {} : { note }), ...others };
  for (const field of ['title', 'author', 'year'] as const) {
    const correction = model.corrections.get(`${incarnation}/${field}`);
    if (correction) expected[field] = correction.value;
  }
  for (const [field, value] of Object.entries(expected))
    if (!isSame(fields[field], value))
      divergences.push(
        `${docId}: ${field} is ${show(fields[field])}, but a person or another program wrote ${show(value)}`,
      );
  const md5 = model.embeddings.get(incarnation)?.md5;
  if (is_embedded !== undefined && !isSame(fields.is_embedded, fields.md5_checksum === md5))
    divergences.push(
      `${docId}: is_embedded is ${show(fields.is_embedded)}, but content ${md5} was embedded, and the content is ${show(fields.md5_checksum)}`,
    );
}

/** A document may be deleted only with REMOVALS=delete and only if its file was outside the library. */
function expectNoLostDocuments(model: Model, documents: StoredDocument[], divergences: string[]): void {
  const now = new Set(documents.map(incarnationOf));
  for (const [incarnation, { docId, fileId, clock }] of model.seen) {
    if (now.has(incarnation)) continue;
    if (!mayHaveBeenDeleted(model, fileId, clock))
      divergences.push(`${docId} was deleted, but its file did not leave the library in the meantime`);
    model.seen.delete(incarnation);
  }
  for (const { incarnation, docId, fileId, clock } of [
    ...model.corrections.values(),
    ...model.embeddings.values(),
  ])
    if (!now.has(incarnation) && !mayHaveBeenDeleted(model, fileId, clock))
      divergences.push(
        `${docId} was deleted together with what others wrote to it, but its file did not leave the library`,
      );
  for (const { docId, fileId } of model.foreign.values())
    if (
      fileId === undefined &&
      !model.everInLibrary.has(docId) &&
      !documents.some((one) => one.docId === docId)
    )
      divergences.push(`${docId} was added by another program and has been deleted`);
  for (const document of documents) {
    const { docId } = document;
    // If a document already has the ID of the document to be added, the sync adopts it as the document of that file.
    const fileId = driveIdOf(document) ?? (model.everInLibrary.has(docId) ? docId : undefined);
    model.seen.set(incarnationOf(document), { docId, fileId, clock: model.clock });
  }
}

function driveIdOf({ fields }: StoredDocument): string | undefined {
  return typeof fields.drive_id === 'string' ? fields.drive_id : undefined;
}

/** Whether the sync has written to the document. */
function isManaged({ fields }: StoredDocument): boolean {
  return fields.sync !== undefined;
}

function isRemoved({ fields }: StoredDocument): boolean {
  return fields.removed_date !== undefined;
}

function isTimestamp(value: Value | undefined): boolean {
  return typeof value === 'object' && value !== null && 'timestamp' in value;
}

/** Sorts older documents first; of two created at the same moment, the one with the smaller ID. */
function byAge(a: StoredDocument, b: StoredDocument): number {
  const age = Date.parse(a.createTime) - Date.parse(b.createTime);
  return age !== 0 ? age : a.docId < b.docId ? -1 : 1;
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: Value | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
