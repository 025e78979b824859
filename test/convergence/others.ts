/** People and other programs at work in Firestore. Each returns what was done, in words, or nothing if it could not be. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Documents, Fields, StoredDocument } from './documents.ts';
import type { Estate } from './estate.ts';
import { label } from './estate.ts';
import { type Ledger, lifeOf, owedFrom } from './ledger.ts';
import type { CatalogOperation } from './operations.ts';

export interface Catalog {
  documents: Documents;
  ledger: Ledger;
  estate: Estate;
}

export function act(catalog: Catalog, operation: CatalogOperation): Promise<string | undefined> {
  switch (operation.kind) {
    case 'correct':
      return correct(catalog, operation);
    case 'embed':
      return embed(catalog, operation);
    case 'foreign':
      return addForeign(catalog, operation);
  }
}

/**
 * A person corrects a field, to a value no file name gives. Only in documents that this project has written to: in
 * others there is nothing yet that a value could be a correction of.
 */
async function correct(
  { documents, ledger, estate }: Catalog,
  { document, field, blank }: Extract<CatalogOperation, { kind: 'correct' }>,
): Promise<string | undefined> {
  const all = await documents.list();
  const read = choose(
    all.filter((one) => one.fields.sync !== undefined),
    document,
    estate,
  );
  const fileId = read?.fields.drive_id;
  if (!read || typeof fileId !== 'string') return undefined;
  const life = lifeOf(read);
  const key = `${life}/${field}`;
  // A blank is a correction only where the sync wrote something; in place of a correction it may take that back.
  const stands = typeof read.fields[field] === 'string' && !ledger.corrections.has(key);
  const isBlank = blank && field !== 'title' && stands;
  const value = isBlank ? null : field === 'year' ? `2${100 + ledger.clock}` : `Corrected ${ledger.clock}`;
  if (!(await documents.patch(read, { [field]: value }))) return undefined;
  const { docId } = read;
  const clock = owedFrom(ledger);
  ledger.corrections.set(key, { docId, fileId, life, field, value, clock });
  return `a person sets ${field} of ${nameOf(read)} to ${JSON.stringify(value)}`;
}

/** The embedder takes the content of a document's file and says so. */
async function embed(
  { documents, ledger, estate }: Catalog,
  { document }: Extract<CatalogOperation, { kind: 'embed' }>,
): Promise<string | undefined> {
  const all = await documents.list();
  // Where no checksum stands, nobody can say later which content was embedded.
  const read = choose(
    all.filter(
      ({ fields }) => typeof fields.drive_id === 'string' && typeof fields.md5_checksum === 'string',
    ),
    document,
    estate,
  );
  if (!read) return undefined;
  const fields = embeddingOf(`run ${ledger.clock}`);
  if (!(await documents.patch(read, fields))) return undefined;
  remember(ledger, read, fields);
  return `the embedder embeds ${nameOf(read)}`;
}

function embeddingOf(name: string): Fields {
  return {
    is_embedded: true,
    vector_embedding_link: `gs://vectors/${name}`,
    embedding_status: 'done',
    embedding_link: `gs://embeddings/${name}`,
  };
}

function remember(ledger: Ledger, document: StoredDocument, fields: Fields): void {
  const { embeddings } = ledger;
  const clock = owedFrom(ledger);
  const { docId } = document;
  const life = lifeOf(document);
  const md5 = document.fields.md5_checksum;
  const fileId = String(document.fields.drive_id);
  embeddings.set(life, { docId, fileId, life, md5: typeof md5 === 'string' ? md5 : null, fields, clock });
}

/** Another program adds a document of its own. */
async function addForeign(
  catalog: Catalog,
  { how, item, rich }: Extract<CatalogOperation, { kind: 'foreign' }>,
): Promise<string | undefined> {
  const { documents, ledger } = catalog;
  const file = await fileFor(catalog, how, item);
  if (!file && (how === 'double' || how === 'inTheWay')) return undefined;
  const docId = how === 'inTheWay' && file ? file.id : `foreign-${ledger.clock}`;
  const fileId = how === 'double' ? file?.id : how === 'stranger' ? `1stranger-${ledger.clock}` : undefined;
  const embedding = rich && how === 'double' ? embeddingOf(`foreign ${ledger.clock}`) : {};
  const fields: Fields = {
    note: `not ours ${ledger.clock}`,
    // A title is everybody's business, and the sync's as soon as it takes the document over.
    title: `Foreign ${ledger.clock}`,
    ...(fileId === undefined ? {} : { drive_id: fileId }),
    ...(rich && file && how === 'double' ? { md5_checksum: file.md5(), ...embedding } : {}),
  };
  // Age is told in milliseconds: what comes later must be seen to be later.
  await sleep(2);
  if (!(await documents.create(docId, fields))) return undefined;
  await sleep(2);
  const made = (await documents.list()).find((one) => one.docId === docId);
  if (made) {
    ledger.foreign.set(lifeOf(made), { docId, fileId, fields });
    if (rich && how === 'double') remember(ledger, { ...made, fields }, embedding);
  }
  const meant = file ? ` for ${label(file)}` : '';
  return `another program adds ${docId} (${how}${rich ? ', embedded' : ''})${meant}`;
}

async function fileFor({ documents, estate }: Catalog, how: string, n: number) {
  const files = estate.made.file.flatMap((id) => estate.drive.find(id) ?? []);
  if (how !== 'inTheWay') return chooseRecent(files, n, estate);
  const taken = new Set((await documents.list()).map(({ docId }) => docId));
  return chooseRecent(
    files.filter(({ id }) => !taken.has(id)),
    n,
    estate,
  );
}

function chooseRecent<T extends { id: string }>(list: T[], n: number, { recent }: Estate): T | undefined {
  const fresh = list.filter(({ id }) => recent.slice(0, 4).includes(id));
  const from = n % 2 === 1 && fresh.length > 0 ? fresh : list;
  return from[Math.floor(n / 2) % from.length];
}

/** Most of all a document that the next run will write, or the present one is about to: there they get into each other's way. */
function choose(list: StoredDocument[], n: number, estate: Estate): StoredDocument | undefined {
  const stale = list.filter(({ fields }) => {
    const item = estate.drive.find(String(fields.drive_id));
    return item && (item.name !== fields.original_filename || item.md5() !== fields.md5_checksum);
  });
  if (n % 2 === 1 && stale.length > 0) return stale[Math.floor(n / 2) % stale.length];
  const chosen = list.map((document) => ({ id: String(document.fields.drive_id), document }));
  return chooseRecent(chosen, n, estate)?.document;
}

function nameOf({ docId, fields }: StoredDocument): string {
  return `"${String(fields.title)}" (${docId.slice(0, 9)})`;
}
