/** The judge: the catalog as found against what DESIGN.md says it must be. */
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import type { Fields, StoredDocument, Value } from './documents.ts';
import { label } from './estate.ts';
import { foreignOf, type Ledger, lifeOf, mayHaveBeenDeleted } from './ledger.ts';
import { expectedOf } from './names.ts';

export interface Verdicts {
  /** What is wrong, a line each. */
  wrong: string[];
  /** Documents of files not in the library that the removal guard (or a blind spot) has left as they were. */
  surplus: Set<string>;
  /** Documents that a reconcile may still change, though nothing is wrong: see convergence.test.ts. */
  unseen: Set<string>;
}

export interface CheckOptions {
  /** After a reconcile nothing is left unseen. */
  after: 'incremental' | 'reconcile';
  /** Removals held at this time. */
  held: number;
}

/** Compares all documents with all books. */
export function check(ledger: Ledger, documents: StoredDocument[], options: CheckOptions): Verdicts {
  const { library, everIn } = ledger;
  const verdicts: Verdicts = { wrong: [], surplus: new Set(), unseen: new Set() };
  const { wrong, surplus, unseen } = verdicts;
  const tolerant = options.after === 'incremental';
  const exempt: ReadonlySet<string> = (tolerant && ledger.blind?.books) || new Set();
  const byFile = new Map<string, StoredDocument[]>();

  for (const document of documents) {
    const fileId = driveIdOf(document);
    if (fileId === undefined) {
      const own = foreignOf(ledger, document);
      if (own) expectUntouched(ledger, document, own.fields, wrong);
      else wrong.push(`${document.docId} has no drive_id and nobody else wrote it`);
      continue;
    }
    byFile.set(fileId, [...(byFile.get(fileId) ?? []), document]);
    expectOthersFieldsIntact(ledger, document, wrong);
  }

  for (const [fileId, item] of library.books) {
    const all = (byFile.get(fileId) ?? []).sort(byAge);
    const isUnseen = (document: StoredDocument) =>
      tolerant && foreignOf(ledger, document) !== undefined && !isOurs(document);
    for (const document of all.filter(isUnseen)) unseen.add(document.docId);
    // A document that another program added is found when its file is next looked at; until then the one before counts.
    const current = all.find((document) => !isUnseen(document));
    if (exempt.has(fileId)) {
      for (const document of all) unseen.add(document.docId);
      if (!current) unseen.add(fileId);
      continue;
    }
    if (!current) wrong.push(`${label(item)} is in the library and not in the catalog`);
    else expectTrue(ledger, item, current, wrong);
    for (const other of all) {
      if (other === current || isUnseen(other)) continue;
      const own = foreignOf(ledger, other);
      if (own && !isOurs(other)) expectUntouched(ledger, other, own.fields, wrong);
    }
  }

  for (const [fileId, all] of byFile) {
    if (library.books.has(fileId)) continue;
    for (const document of all) {
      const { docId } = document;
      const own = foreignOf(ledger, document);
      const title = `"${String(document.fields.title)}" (${docId})`;
      if (!own && !everIn.has(fileId)) wrong.push(`${title} was never in the library and is in the catalog`);
      const isGone = ledger.removals === 'mark' && isRemoved(document);
      if (isGone) continue;
      if (exempt.has(fileId) || (tolerant && own && !isOurs(document))) unseen.add(docId);
      else if (options.held > 0) surplus.add(docId);
      else wrong.push(`${title} is not in the library and still in the catalog`);
    }
  }
  if (surplus.size > options.held)
    wrong.push(`${surplus.size} books should have left the catalog, and only ${options.held} are held back`);
  if (!tolerant && surplus.size !== options.held)
    wrong.push(`${options.held} removals are said to be held, and it is ${surplus.size}`);

  expectLives(ledger, documents, wrong);
  return verdicts;
}

/** The one document that counts for a book of the library. */
function expectTrue(ledger: Ledger, item: Item, document: StoredDocument, wrong: string[]): void {
  const { fields, docId } = document;
  const life = lifeOf(document);
  const said = expectedOf(item.name);
  const embedding = ledger.embeddings.get(life);
  const own = foreignOf(ledger, document);
  const expected: Fields = {
    ...own?.fields,
    ...(said && { title: said.title, author: said.author, year: said.year }),
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
    const correction = ledger.corrections.get(`${life}/${field}`);
    if (correction) expected[field] = correction.value;
  }
  const name = `${label(item)} in ${docId}`;
  for (const [field, value] of Object.entries(expected))
    if (!isSame(fields[field], value))
      wrong.push(`${name}: ${field} is ${show(fields[field])}, should be ${show(value)}`);
  for (const stamp of ['added_date', 'updated_date'])
    if (!isTimestamp(fields[stamp])) wrong.push(`${name}: ${stamp} is ${show(fields[stamp])}, no time`);
  if (isRemoved(document)) wrong.push(`${name}: removed_date is set, and the book is in the library`);
  for (const field of Object.keys(fields))
    if (!(field in expected) && !['added_date', 'updated_date', 'sync', 'removed_date'].includes(field))
      wrong.push(`${name}: has a field ${field} that nobody asked for`);
}

/** A document nobody but its author has any business with: no field more, none less, none changed. */
function expectUntouched(ledger: Ledger, document: StoredDocument, written: Fields, wrong: string[]): void {
  const expected: Fields = { ...written, ...ledger.embeddings.get(lifeOf(document))?.fields };
  const { removed_date: _, updated_date: __, ...fields } = document.fields;
  // One that left the library with its file is marked as every other, and says so from then on.
  const found = isRemoved(document) ? fields : document.fields;
  for (const field of new Set([...Object.keys(expected), ...Object.keys(found)]))
    if (!isSame(found[field], expected[field]))
      wrong.push(
        `${document.docId} is another program's: ${field} is ${show(found[field])}, was ${show(expected[field])}`,
      );
}

/** Whatever a document is now: corrections stand, and fields that are not this project's are as they were written. */
function expectOthersFieldsIntact(ledger: Ledger, document: StoredDocument, wrong: string[]): void {
  const { docId, fields } = document;
  const life = lifeOf(document);
  const { is_embedded, ...others } = ledger.embeddings.get(life)?.fields ?? {};
  const note = foreignOf(ledger, document)?.fields.note;
  const expected: Fields = { ...(note === undefined ? {} : { note }), ...others };
  for (const field of ['title', 'author', 'year'] as const) {
    const correction = ledger.corrections.get(`${life}/${field}`);
    if (correction) expected[field] = correction.value;
  }
  for (const [field, value] of Object.entries(expected))
    if (!isSame(fields[field], value))
      wrong.push(`${docId}: ${field} is ${show(fields[field])}, somebody else wrote ${show(value)}`);
  const md5 = ledger.embeddings.get(life)?.md5;
  if (is_embedded !== undefined && !isSame(fields.is_embedded, fields.md5_checksum === md5))
    wrong.push(
      `${docId}: is_embedded is ${show(fields.is_embedded)}, embedded ${md5}, is ${show(fields.md5_checksum)}`,
    );
}

/** No document ends but by a removal, where removing means deleting, of a file that was out of the library. */
function expectLives(ledger: Ledger, documents: StoredDocument[], wrong: string[]): void {
  const now = new Set(documents.map(lifeOf));
  for (const [life, { docId, fileId, clock }] of ledger.seen) {
    if (now.has(life)) continue;
    if (!mayHaveBeenDeleted(ledger, fileId, clock))
      wrong.push(`${docId} was deleted, and its file was never out of the library meanwhile`);
    ledger.seen.delete(life);
  }
  for (const { life, docId, fileId, clock } of [
    ...ledger.corrections.values(),
    ...ledger.embeddings.values(),
  ])
    if (!now.has(life) && !mayHaveBeenDeleted(ledger, fileId, clock))
      wrong.push(`${docId} was deleted with what others wrote, and its file was never out of the library`);
  for (const { docId, fileId } of ledger.foreign.values())
    if (fileId === undefined && !ledger.everIn.has(docId) && !documents.some((one) => one.docId === docId))
      wrong.push(`${docId} of another program is gone`);
  for (const document of documents) {
    const { docId } = document;
    // What stands in the way of an add is taken over, and is from then on the document of that file.
    const fileId = driveIdOf(document) ?? (ledger.everIn.has(docId) ? docId : undefined);
    ledger.seen.set(lifeOf(document), { docId, fileId, clock: ledger.clock });
  }
}

function driveIdOf({ fields }: StoredDocument): string | undefined {
  return typeof fields.drive_id === 'string' ? fields.drive_id : undefined;
}

/** The sync has written here. */
function isOurs({ fields }: StoredDocument): boolean {
  return fields.sync !== undefined;
}

function isRemoved({ fields }: StoredDocument): boolean {
  return fields.removed_date !== undefined;
}

function isTimestamp(value: Value | undefined): boolean {
  return typeof value === 'object' && value !== null && 'timestamp' in value;
}

/** The older first; of two of one moment, the lesser id. */
function byAge(a: StoredDocument, b: StoredDocument): number {
  const age = Date.parse(a.createTime) - Date.parse(b.createTime);
  return age !== 0 ? age : a.docId < b.docId ? -1 : 1;
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: Value | undefined): string {
  return value === undefined ? 'not there' : JSON.stringify(value);
}
