/** The changes feed against the documents concerned: the hourly case. */
import type { BookDocument } from '../catalog/book-document.ts';
import type { Checkpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import { type NeedsListing, needsListing, readFeed, sortChanges } from '../drive/changes.ts';
import { verifyRoot } from '../drive/listing.ts';
import { isBook } from '../metadata/is-book.ts';
import type { Resumable } from './choose-mode.ts';
import { removalLimit } from './guard.ts';
import { type Plan, type Proposal, planFor } from './planner.ts';

/** What the feed gave: a plan; nothing new, not even a later token; or a reason to list everything. */
export type FeedOutcome = { kind: 'proposal'; proposal: Proposal } | { kind: 'nothingNew' } | NeedsListing;

/**
 * Reads what changed since the checkpoint and plans for it.
 *
 * @throws DriveScanError where something went and the root cannot be proven; then nothing is removed
 */
export async function incremental(context: RunContext, before: Resumable): Promise<FeedOutcome> {
  const { drive, catalog, settings, logs, onProgress } = context;
  const listing = { drive, logs, isBook, onProgress };
  const feed = await readFeed(listing, before.pageToken, before.sharedDriveId ?? undefined);
  if (feed.kind === 'needsListing') return feed;
  if (feed.entries.size === 0 && feed.newToken === before.pageToken) return { kind: 'nothingNew' };

  // Where a folder above the root is away, the feed says of every file below that it is gone. Only the root itself can
  // tell that from a file that left.
  if ([...feed.entries.values()].some(({ item }) => !item || item.trashed))
    await verifyRoot(drive, settings.folder);

  const known = {
    rootId: settings.folder.id,
    sharedDriveId: before.sharedDriveId ?? undefined,
    folders: new Set(before.folders),
    shortcuts: new Map(Object.entries(before.shortcuts)),
    listedUntil: before.listedUntil ?? undefined,
  };
  const changes = await sortChanges(listing, feed, known);
  if (changes.kind === 'needsListing') return changes;

  const planner = planFor(context, (id) => changes.present.get(id));
  const documents = await catalog.booksOf([...changes.present.keys(), ...changes.absent]);
  for (const document of documents) planner.take(document);
  const plan = planner.finish(changes.present.keys());
  if (before.held && isBack(documents, plan, changes.present))
    return needsListing('removals are held, and books of the catalog came back');
  // So many at once are believed only when the whole library says so; a reconcile counts them exactly.
  if (plan.removals.length > removalLimit(before.books))
    return needsListing(`${plan.removals.length} books left the library at once`);

  // A file without a parent is one that is shared with us alone, or half an answer; one that left a shared drive may be
  // in another, where a shortcut of the library leads.
  if (plan.removals.some(({ fileId }) => changes.unplaced.has(fileId)))
    return needsListing('the feed does not say where a book is');

  const finalCheckpoint: Checkpoint = {
    ...before,
    pageToken: feed.newToken,
    folders: [...changes.folders],
    shortcuts: Object.fromEntries(changes.shortcuts),
    listedUntil: changes.folders.size > known.folders.size ? new Date().toISOString() : before.listedUntil,
  };
  const planned = { ...plan, books: before.books, interimCheckpoint: before };
  const { incompleteReason } = changes;
  // Where something could not be looked at, what left one place may be in that one. The same entries are read again.
  const proposal: Proposal = incompleteReason
    ? { ...planned, removals: [], finalCheckpoint: before, incompleteReason }
    : { ...planned, finalCheckpoint, incompleteReason };
  return { kind: 'proposal', proposal };
}

/**
 * Whether books that a run held for removal may be back: they are in the library as the catalog knows them, and the feed
 * speaks of them all the same. Only a listing of everything can tell how many are still gone.
 */
function isBack(
  documents: readonly BookDocument[],
  { updates }: Pick<Plan, 'updates'>,
  present: ReadonlyMap<string, unknown>,
): boolean {
  const changed = new Set(
    updates.flatMap((change) => (change.kind === 'update' && change.onlyReadsContent ? [] : [change.fileId])),
  );
  return documents.some(({ fileId, removed }) => !removed && present.has(fileId) && !changed.has(fileId));
}
