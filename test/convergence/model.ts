/**
 * The model of a history. It keeps what the current state of Drive does not show but the catalog depends on:
 * what people and other programs wrote to Firestore, which files were in the library and when, and which changes the
 * changes feed does not report. Checks compare the catalog with it (checks.ts).
 */
import type { Fields, StoredDocument } from './documents.ts';
import { type Library, libraryOf } from './library.ts';
import type { DriveOperation, InitialState } from './operations.ts';
import { changeDrive, type Workspace } from './workspace.ts';

/**
 * Identifies one incarnation of a document: from its creation to its deletion. A document that is deleted and created
 * again under the same ID is another incarnation.
 */
export function incarnationOf({ docId, createTime }: StoredDocument): string {
  return `${docId}@${createTime}`;
}

export interface Correction {
  docId: string;
  fileId: string;
  incarnation: string;
  field: 'title' | 'author' | 'year';
  value: string | null;
  clock: number;
}

/** What the embedder last wrote to a document, and the checksum of the content it embedded. */
export interface Embedding {
  docId: string;
  fileId: string;
  incarnation: string;
  md5: string | null;
  fields: Fields;
  clock: number;
}

/** A document that another program added. */
export interface Foreign {
  docId: string;
  fileId: string | undefined;
  fields: Fields;
}

export interface Model {
  /** A logical clock that counts operations. */
  clock: number;
  /** The clock when the current run started, which may act on the state at that time; undefined between runs. */
  runStartedAt: number | undefined;
  library: Library;
  /** Files that were ever in the library. */
  everInLibrary: Set<string>;
  /** File ID -> the last time when the file was not in the library. */
  lastOutside: Map<string, number>;
  /** The last time when REMOVALS was `delete`. */
  lastInDeleteMode: number;
  removals: InitialState['removals'];
  corrections: Map<string, Correction>;
  embeddings: Map<string, Embedding>;
  /** By incarnation: under the ID of a deleted foreign document, the sync may add one of its own. */
  foreign: Map<string, Foreign>;
  /** Incarnations of documents that the checks have seen, and when. */
  seen: Map<string, { docId: string; fileId: string | undefined; clock: number }>;
  /**
   * Changes that the changes feed does not report (see `isReported`): when the last of them happened, and the books
   * that may differ because of them until a reconcile. Undefined if there are none.
   */
  unreported: { since: number; books: Set<string> } | undefined;
  /** Books that were ever affected by an unreported change. The sync may have treated them as removed. */
  everUnreported: Set<string>;
}

export function createModel(workspace: Workspace, { removals }: InitialState): Model {
  const library = libraryOf(workspace.drive, workspace.root);
  const model: Model = {
    clock: 0,
    runStartedAt: undefined,
    library,
    everInLibrary: new Set(library.books.keys()),
    lastOutside: new Map(),
    lastInDeleteMode: -1,
    removals,
    corrections: new Map(),
    embeddings: new Map(),
    foreign: new Map(),
    seen: new Map(),
    unreported: undefined,
    everUnreported: new Set(),
  };
  advanceClock(model, workspace);
  return model;
}

/** What another program wrote when it added this document; undefined if no other program added it. */
export function foreignOf({ foreign }: Model, document: StoredDocument): Foreign | undefined {
  return foreign.get(incarnationOf(document));
}

/** Makes a change in Drive and updates the model. */
export function changeDriveAndModel(
  model: Model,
  workspace: Workspace,
  operation: DriveOperation,
): { description: string; effects: string[] } | undefined {
  const before = model.library;
  const drives = new Map<string, string | null>();
  for (const item of workspace.drive.items()) drives.set(item.id, item.sharedDriveId);
  const done = changeDrive(workspace, operation);
  if (!done) return undefined;
  const { item, description } = done;
  model.library = libraryOf(workspace.drive, workspace.root);
  advanceClock(model, workspace);
  const after = model.library;

  const changed = changedBooks(before, after, item.id);
  const home = workspace.drive.find(workspace.root)?.sharedDriveId ?? null;
  // When an item moves to another drive, the feed of the shared drive reports only that it is gone from this one. That
  // is enough if the sync knows the item as a folder, a shortcut, or a target, because it then looks the item up.
  const isKnown = [before.folders, before.shortcuts, before.targets].some((ids) => ids.has(item.id));
  const wasHome = drives.get(item.id) === home;
  const inFeed =
    home === null || item.sharedDriveId === home || (wasHome && (isKnown || !after.books.has(item.id)));
  if (changed.length > 0 && !isReported(item.id, inFeed, before, after)) {
    model.unreported ??= { since: model.clock, books: new Set() };
    model.unreported.since = model.clock;
    for (const id of changed) model.unreported.books.add(id);
  }
  if (model.unreported)
    for (const { byShortcutOnly } of [before, after])
      for (const id of byShortcutOnly) model.unreported.books.add(id);
  for (const id of model.unreported?.books ?? []) model.everUnreported.add(id);
  return { description, effects: effectsOf(item.id, before, after) };
}

/**
 * Whether the changes feed reports a change to the library. The feed's entry must name a file of the
 * library, a folder or shortcut in it, or the target of such a shortcut. A change to a folder *above* the target of a
 * shortcut, outside the library, has an entry for that folder only. A change in a drive other than the library's is
 * in another feed. Only a reconcile finds these two.
 */
function isReported(id: string, inFeed: boolean, before: Library, after: Library): boolean {
  if (!inFeed) return false;
  return [before, after].some(
    ({ books, folders, shortcuts, targets }) =>
      folders.has(id) || shortcuts.has(id) || targets.has(id) || books.has(id),
  );
}

function changedBooks(before: Library, after: Library, changedId: string): string[] {
  const all = new Set([...before.books.keys(), ...after.books.keys()]);
  return [...all].filter(
    (id) => before.books.has(id) !== after.books.has(id) || (id === changedId && after.books.has(id)),
  );
}

/** The effects of a change, as event names for the statistics. */
function effectsOf(id: string, before: Library, after: Library): string[] {
  const effects: string[] = [];
  if (before.folders.has(id) && !after.folders.has(id)) effects.push('a folder left the library');
  if (!before.folders.has(id) && after.folders.has(id)) effects.push('a folder entered the library');
  if (before.shortcuts.has(id) && !after.shortcuts.has(id)) effects.push('a shortcut left the library');
  if (before.books.has(id) && !after.books.has(id)) effects.push('a book left the library');
  if (!before.books.has(id) && after.books.has(id)) effects.push('a book entered the library');
  return effects;
}

/** Advances the clock and records which files are in the library at this time and which are not. */
export function advanceClock(model: Model, workspace: Workspace): void {
  model.clock += 1;
  for (const id of model.library.books.keys()) model.everInLibrary.add(id);
  for (const id of workspace.created.file)
    if (!model.library.books.has(id)) model.lastOutside.set(id, model.clock);
  if (model.removals === 'delete') model.lastInDeleteMode = model.clock;
}

/**
 * The clock value to record for a write that another program makes now. During a run, that is the start of the run: a
 * run that found a book gone may delete its document together with what was written to it in the meantime,
 * because it cannot look at Drive and write to Firestore at the same instant.
 */
export function protectedSince({ runStartedAt, clock }: Model): number {
  return runStartedAt ?? clock;
}

/** Whether the sync may have deleted the document of this file, as it was at `since`. */
export function mayHaveBeenDeleted(model: Model, fileId: string | undefined, since: number): boolean {
  if (fileId === undefined || model.lastInDeleteMode < since) return false;
  if (model.everUnreported.has(fileId)) return true;
  // A file ID that the workspace never contained has no entry in `lastOutside`: it is always outside the library.
  const isOfAFile = model.lastOutside.has(fileId) || model.library.books.has(fileId);
  return !isOfAFile || (model.lastOutside.get(fileId) ?? -1) >= since;
}
