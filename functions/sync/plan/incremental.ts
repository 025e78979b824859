/** The incremental run, which is the normal hourly case: compares the changes feed with the affected documents. */
import type { BookDocument } from '../catalog/book-document.ts';
import type { Checkpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import { type NeedsListing, needsListing, readFeed, sortChanges } from '../drive/changes.ts';
import { verifyRoot } from '../drive/listing.ts';
import { isBook } from '../metadata/is-book.ts';
import type { Resumable } from './choose-mode.ts';
import { holdLimit } from './guard.ts';
import { type Plan, type Proposal, planFor } from './planner.ts';

/** The result of reading the feed: a plan; nothing new, not even a new page token; or a reason to list everything. */
export type FeedOutcome = { kind: 'proposal'; proposal: Proposal } | { kind: 'nothingNew' } | NeedsListing;

/**
 * Reads what changed since the checkpoint and plans the writes for it.
 *
 * @throws DriveScanError if the feed reports that something is gone and the root cannot be verified; nothing is
 *   removed
 */
export async function incremental(context: RunContext, before: Resumable): Promise<FeedOutcome> {
  const { drive, catalog, settings, logs, onProgress } = context;
  const listing = { drive, logs, isBook, onProgress };
  const feed = await readFeed(listing, before.pageToken, before.sharedDriveId ?? undefined);
  if (feed.kind === 'needsListing') return feed;
  if (feed.entries.size === 0 && feed.newToken === before.pageToken) return { kind: 'nothingNew' };

  // If a folder above the root becomes inaccessible, the feed reports every file below it as gone. Only a check of
  // the root distinguishes that from a file that really left.
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
    return needsListing('removals are held, and some of those books may be back');
  // This many removals at once are accepted only from a listing of the whole library. A reconcile counts them
  // exactly.
  if (plan.removals.length > holdLimit(before.books))
    return needsListing(`${plan.removals.length} books left the library at once`);

  // A file without a parent was shared with this account directly, or the response is incomplete. A file that left a
  // shared drive may be in another drive, in a folder that is the target of a shortcut of the library.
  if (plan.removals.some(({ fileId }) => changes.unplaced.has(fileId)))
    return needsListing('the changes feed does not say where a book is');

  const finalCheckpoint: Checkpoint = {
    ...before,
    pageToken: feed.newToken,
    folders: [...changes.folders],
    shortcuts: Object.fromEntries(changes.shortcuts),
    listedUntil: changes.folders.size > known.folders.size ? new Date().toISOString() : before.listedUntil,
  };
  const planned = { ...plan, books: before.books, interimCheckpoint: before };
  const { incompleteReason } = changes;
  // If part of the library could not be read, a file that left one folder may be in that part. So nothing is
  // removed, and the next run reads the same entries again.
  const proposal: Proposal = incompleteReason
    ? { ...planned, removals: [], finalCheckpoint: before, incompleteReason }
    : { ...planned, finalCheckpoint, incompleteReason };
  return { kind: 'proposal', proposal };
}

/**
 * Whether books held for removal may be back: the feed has an entry for a book that is in the library exactly as the
 * catalog has it. Only a listing of everything can tell how many books are still gone.
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
