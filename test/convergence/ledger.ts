/**
 * What the judge remembers of a history beyond the present state of Drive: what people and other programs wrote into
 * Firestore, which files were ever in the library, and what the changes feed is not able to tell.
 */

import type { Fields, StoredDocument } from './documents.ts';
import { doIt, type Estate } from './estate.ts';
import { type Library, libraryOf } from './library.ts';
import type { Beginning, DriveOperation } from './operations.ts';

/** One document from its creation to its deletion; made again under the same id, it is another. */
export function lifeOf({ docId, createTime }: StoredDocument): string {
  return `${docId}@${createTime}`;
}

export interface Correction {
  docId: string;
  fileId: string;
  life: string;
  field: 'title' | 'author' | 'year';
  value: string | null;
  clock: number;
}

/** What the embedder last wrote into a document, and from which content. */
export interface Embedding {
  docId: string;
  fileId: string;
  life: string;
  md5: string | null;
  fields: Fields;
  clock: number;
}

/** A document another program added. */
export interface Foreign {
  docId: string;
  fileId: string | undefined;
  fields: Fields;
}

export interface Ledger {
  /** Counts what happened; the order of things. */
  clock: number;
  /** The clock when the run under way began, which may act on what was so then; undefined between runs. */
  underWay: number | undefined;
  library: Library;
  /** Files that were in the library at any time. */
  everIn: Set<string>;
  /** File id -> the last time at which it was not in the library. */
  lastOut: Map<string, number>;
  /** The last time at which removing meant deleting. */
  lastDeleting: number;
  removals: Beginning['removals'];
  corrections: Map<string, Correction>;
  embeddings: Map<string, Embedding>;
  /** By life: under the id of one that was deleted the sync may add one of its own. */
  foreign: Map<string, Foreign>;
  /** Lives of documents seen by the judge, and when. */
  seen: Map<string, { docId: string; fileId: string | undefined; clock: number }>;
  /**
   * Since when the feed owes the sync something it cannot tell (see `isTold`), and the books that may differ for
   * it until a reconcile; undefined where nothing is owed.
   */
  blind: { since: number; books: Set<string> } | undefined;
  /** Books it ever owed something of: they may have been taken for gone. */
  everBlind: Set<string>;
}

export function openLedger(estate: Estate, { removals }: Beginning): Ledger {
  const library = libraryOf(estate.drive, estate.root);
  const ledger: Ledger = {
    clock: 0,
    underWay: undefined,
    library,
    everIn: new Set(library.books.keys()),
    lastOut: new Map(),
    lastDeleting: -1,
    removals,
    corrections: new Map(),
    embeddings: new Map(),
    foreign: new Map(),
    seen: new Map(),
    blind: undefined,
    everBlind: new Set(),
  };
  tickClock(ledger, estate);
  return ledger;
}

/** What another program wrote when it added this very document, if one did. */
export function foreignOf({ foreign }: Ledger, document: StoredDocument): Foreign | undefined {
  return foreign.get(lifeOf(document));
}

/** Does something in Drive and keeps the books. */
export function mutate(
  ledger: Ledger,
  estate: Estate,
  operation: DriveOperation,
): { said: string; effects: string[] } | undefined {
  const before = ledger.library;
  const drives = new Map<string, string | null>();
  for (const item of estate.drive.items()) drives.set(item.id, item.sharedDriveId);
  const done = doIt(estate, operation);
  if (!done) return undefined;
  const { item, said } = done;
  ledger.library = libraryOf(estate.drive, estate.root);
  tickClock(ledger, estate);
  const after = ledger.library;

  const changed = changedBooks(before, after, item.id);
  const home = estate.drive.find(estate.root)?.sharedDriveId ?? null;
  // The feed of a shared drive says of what went to another drive only that it is gone from this one: enough where
  // the sync knows it as a folder, a shortcut or a target, and looks for itself.
  const isKnown = [before.folders, before.shortcuts, before.targets].some((ids) => ids.has(item.id));
  const wasHome = drives.get(item.id) === home;
  const inFeed =
    home === null || item.sharedDriveId === home || (wasHome && (isKnown || !after.books.has(item.id)));
  if (changed.length > 0 && !isTold(item.id, inFeed, before, after)) {
    ledger.blind ??= { since: ledger.clock, books: new Set() };
    ledger.blind.since = ledger.clock;
    for (const id of changed) ledger.blind.books.add(id);
  }
  if (ledger.blind)
    for (const { byShortcutOnly } of [before, after])
      for (const id of byShortcutOnly) ledger.blind.books.add(id);
  for (const id of ledger.blind?.books ?? []) ledger.everBlind.add(id);
  return { said, effects: effectsOf(item.id, before, after) };
}

/**
 * Whether the feed tells the sync of a change to the library: its entry must name a file of the library, a folder or
 * shortcut whose place in the library is known, or what such a shortcut stands for. What happens to a folder *above*
 * the target of a shortcut, outside the library, is told of that folder alone; what happens in another drive than
 * the library's is told in another feed. Both are a reconcile's to find.
 */
function isTold(id: string, inFeed: boolean, before: Library, after: Library): boolean {
  if (!inFeed) return false;
  return [before, after].some(
    ({ books, folders, shortcuts, targets }) =>
      folders.has(id) || shortcuts.has(id) || targets.has(id) || books.has(id),
  );
}

function changedBooks(before: Library, after: Library, touched: string): string[] {
  const all = new Set([...before.books.keys(), ...after.books.keys()]);
  return [...all].filter(
    (id) => before.books.has(id) !== after.books.has(id) || (id === touched && after.books.has(id)),
  );
}

/** Names for the statistics. */
function effectsOf(id: string, before: Library, after: Library): string[] {
  const effects: string[] = [];
  if (before.folders.has(id) && !after.folders.has(id)) effects.push('a folder left the library');
  if (!before.folders.has(id) && after.folders.has(id)) effects.push('a folder came into the library');
  if (before.shortcuts.has(id) && !after.shortcuts.has(id)) effects.push('a shortcut left the library');
  if (before.books.has(id) && !after.books.has(id)) effects.push('a book left the library');
  if (!before.books.has(id) && after.books.has(id)) effects.push('a book came into the library');
  return effects;
}

/** Lets time pass: all that is not in the library now was out of it at this time. */
export function tickClock(ledger: Ledger, estate: Estate): void {
  ledger.clock += 1;
  for (const id of ledger.library.books.keys()) ledger.everIn.add(id);
  for (const id of estate.made.file) if (!ledger.library.books.has(id)) ledger.lastOut.set(id, ledger.clock);
  if (ledger.removals === 'delete') ledger.lastDeleting = ledger.clock;
}

/**
 * From when on the sync owes respect to what is written now. A run that found a book gone may delete its document, with
 * what was written there meanwhile: it cannot look at Drive and write to Firestore in one moment.
 */
export function owedFrom({ underWay, clock }: Ledger): number {
  return underWay ?? clock;
}

/** Whether the document of this file, as it was at a time, may have been deleted by the sync since. */
export function mayHaveBeenDeleted(ledger: Ledger, fileId: string | undefined, since: number): boolean {
  if (fileId === undefined || ledger.lastDeleting < since) return false;
  if (ledger.everBlind.has(fileId)) return true;
  // A file the library never had has no entry in `lastOut`: it is always out.
  const isOfAFile = ledger.lastOut.has(fileId) || ledger.library.books.has(fileId);
  return !isOfAFile || (ledger.lastOut.get(fileId) ?? -1) >= since;
}
