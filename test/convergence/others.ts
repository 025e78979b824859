/**
 * The changes that people and other programs make in Firestore. Each function returns a description for the log, or
 * undefined if the change was not possible.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Documents, Fields, StoredDocument } from './documents.ts';
import { incarnationOf, type Model, protectedSince } from './model.ts';
import type { CatalogOperation, ForeignKind } from './operations.ts';
import type { Workspace } from './workspace.ts';
import { label } from './workspace.ts';

export interface CatalogContext {
  documents: Documents;
  model: Model;
  workspace: Workspace;
}

export function changeCatalog(
  context: CatalogContext,
  operation: CatalogOperation,
): Promise<string | undefined> {
  switch (operation.kind) {
    case 'correct':
      return correct(context, operation);
    case 'embed':
      return embed(context, operation);
    case 'addForeign':
      return addForeign(context, operation);
  }
}

/**
 * A person corrects a field to a value that no file name gives. Only documents that the sync has written to are
 * corrected: in others, there is no written value yet that a new value could correct.
 */
async function correct(
  { documents, model, workspace }: CatalogContext,
  { document, field, blank }: Extract<CatalogOperation, { kind: 'correct' }>,
): Promise<string | undefined> {
  const all = await documents.list();
  const read = choose(
    all.filter((one) => one.fields.sync !== undefined),
    document,
    workspace,
  );
  const fileId = read?.fields.drive_id;
  if (!read || typeof fileId !== 'string') return undefined;
  const incarnation = incarnationOf(read);
  const key = `${incarnation}/${field}`;
  // A blank value counts as a correction only if it replaces a value that the sync wrote. If it replaces a correction,
  // the sync may treat it as taking the correction back.
  const replacesOwnValue = typeof read.fields[field] === 'string' && !model.corrections.has(key);
  const isBlank = blank && field !== 'title' && replacesOwnValue;
  const value = isBlank ? null : field === 'year' ? `2${100 + model.clock}` : `Corrected ${model.clock}`;
  if (!(await documents.patch(read, { [field]: value }))) return undefined;
  const { docId } = read;
  const clock = protectedSince(model);
  model.corrections.set(key, { docId, fileId, incarnation, field, value, clock });
  return `a person sets ${field} of ${nameOf(read)} to ${JSON.stringify(value)}`;
}

/** The embedder embeds the content of a document's file and marks the document as embedded. */
async function embed(
  { documents, model, workspace }: CatalogContext,
  { document }: Extract<CatalogOperation, { kind: 'embed' }>,
): Promise<string | undefined> {
  const all = await documents.list();
  // Without a checksum in the document, nobody can tell later which content was embedded.
  const read = choose(
    all.filter(
      ({ fields }) => typeof fields.drive_id === 'string' && typeof fields.md5_checksum === 'string',
    ),
    document,
    workspace,
  );
  if (!read) return undefined;
  const fields = embeddingOf(`run ${model.clock}`);
  if (!(await documents.patch(read, fields))) return undefined;
  recordEmbedding(model, read, fields);
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

function recordEmbedding(model: Model, document: StoredDocument, fields: Fields): void {
  const { embeddings } = model;
  const clock = protectedSince(model);
  const { docId } = document;
  const incarnation = incarnationOf(document);
  const checksum = document.fields.md5_checksum;
  const md5 = typeof checksum === 'string' ? checksum : null;
  const fileId = String(document.fields.drive_id);
  embeddings.set(incarnation, { docId, fileId, incarnation, md5, fields, clock });
}

/** Another program adds a document. */
async function addForeign(
  context: CatalogContext,
  { how, item, embedded }: Extract<CatalogOperation, { kind: 'addForeign' }>,
): Promise<string | undefined> {
  const { documents, model } = context;
  const file = await fileFor(context, how, item);
  if (!file && (how === 'duplicate' || how === 'takenId')) return undefined;
  const isEmbedded = embedded && how === 'duplicate';
  const docId = how === 'takenId' && file ? file.id : `foreign-${model.clock}`;
  const fileId =
    how === 'duplicate' ? file?.id : how === 'unknownFile' ? `1unknown-${model.clock}` : undefined;
  const embedding = isEmbedded ? embeddingOf(`foreign ${model.clock}`) : {};
  const fields: Fields = {
    note: `foreign ${model.clock}`,
    // Any program may write a title. The sync overwrites it as soon as it adopts the document.
    title: `Foreign ${model.clock}`,
    ...(fileId === undefined ? {} : { drive_id: fileId }),
    ...(isEmbedded && file ? { md5_checksum: file.md5(), ...embedding } : {}),
  };
  // The age of documents is compared in milliseconds, so documents created in sequence must differ by at least one.
  await sleep(2);
  if (!(await documents.create(docId, fields))) return undefined;
  await sleep(2);
  const added = (await documents.list()).find((one) => one.docId === docId);
  if (added) {
    model.foreign.set(incarnationOf(added), { docId, fileId, fields });
    if (isEmbedded) recordEmbedding(model, { ...added, fields }, embedding);
  }
  const forFile = file ? ` for ${label(file)}` : '';
  return `another program adds ${docId} (${how}${isEmbedded ? ', embedded' : ''})${forFile}`;
}

async function fileFor({ documents, workspace }: CatalogContext, how: ForeignKind, n: number) {
  const files = workspace.created.file.flatMap((id) => workspace.drive.find(id) ?? []);
  if (how !== 'takenId') return chooseRecent(files, n, workspace);
  const taken = new Set((await documents.list()).map(({ docId }) => docId));
  return chooseRecent(
    files.filter(({ id }) => !taken.has(id)),
    n,
    workspace,
  );
}

function chooseRecent<T extends { id: string }>(list: T[], n: number, { recent }: Workspace): T | undefined {
  const latest = list.filter(({ id }) => recent.slice(0, 4).includes(id));
  const from = n % 2 === 1 && latest.length > 0 ? latest : list;
  return from[Math.floor(n / 2) % from.length];
}

/**
 * Chooses a document. Prefers documents that the current or the next run will write, because those writes conflict
 * with this one.
 */
function choose(list: StoredDocument[], n: number, workspace: Workspace): StoredDocument | undefined {
  const outdated = list.filter(({ fields }) => {
    const item = workspace.drive.find(String(fields.drive_id));
    return item && (item.name !== fields.original_filename || item.md5() !== fields.md5_checksum);
  });
  if (n % 2 === 1 && outdated.length > 0) return outdated[Math.floor(n / 2) % outdated.length];
  const candidates = list.map((document) => ({ id: String(document.fields.drive_id), document }));
  return chooseRecent(candidates, n, workspace)?.document;
}

function nameOf({ docId, fields }: StoredDocument): string {
  return `"${String(fields.title)}" (${docId.slice(0, 9)})`;
}
