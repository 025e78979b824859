/** The whole library against the whole catalog. */

import type { Checkpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import { readFeed } from '../drive/changes.ts';
import { incompleteError } from '../drive/errors.ts';
import type { Listing } from '../drive/found-items.ts';
import { listLibrary, verifyRoot } from '../drive/listing.ts';
import { isBook } from '../metadata/is-book.ts';
import { rulesVersion } from '../metadata/rules-version.ts';
import { type Proposal, planFor } from './planner.ts';

/**
 * Lists everything and compares it with everything.
 *
 * @param before the checkpoint this run began from, if there is one
 * @param isRequested somebody asked for it: then a comparison that has to wait for the next run is a failure
 * @throws DriveScanError where the root is not a folder we see; then nothing is removed
 */
export async function reconcile(
  context: RunContext,
  before: Checkpoint | undefined,
  isRequested: boolean,
): Promise<Proposal> {
  const { drive, catalog, settings, logs, fingerprint, onProgress } = context;
  const root = await verifyRoot(drive, settings.folder);
  // Before the listing: what changes while we list is then read again from the feed, and nothing falls between.
  const pageToken = await drive.startPageToken(root.sharedDriveId);
  const found = await listLibrary({ drive, logs, isBook, onProgress }, [root]);
  const listedUntil = new Date().toISOString();
  // A root that went away after it was proven was listed as empty, and no entry of the feed need tell when it is back.
  await verifyRoot(drive, settings.folder);

  const planner = planFor(context, (id) => found.files.get(id));
  let documents = 0;
  for await (const page of catalog.allBooks()) {
    for (const document of page) planner.take(document);
    documents += page.length;
    onProgress?.({ step: 'comparing', documents });
  }
  const plan = planner.finish(found.files.keys());
  const { incompleteReason } = found;
  const moved =
    !incompleteReason && plan.removals.length > 0
      ? await findMoved(context, { pageToken, sharedDriveId: root.sharedDriveId, found, before })
      : undefined;

  const fresh: Checkpoint = {
    pageToken,
    sharedDriveId: root.sharedDriveId ?? null,
    folders: [...found.folders],
    shortcuts: Object.fromEntries(found.shortcuts),
    listedUntil,
    reconciledAt: new Date().toISOString(),
    reconcileTriedAt: null,
    rules: rulesVersion,
    settings: fingerprint,
    books: plan.books,
    held: null,
    heldUpdates: null,
    // As it was: a record is added when something is written, so that history alone never is a reason to write.
    runs: before?.runs ?? [],
  };
  const interimCheckpoint: Checkpoint = before ?? { ...fresh, pageToken: null, reconciledAt: null };
  const withoutRemovals = { ...plan, removals: [], interimCheckpoint, finalCheckpoint: interimCheckpoint };
  // An incomplete listing proves no absence, and what the feed told since the old token is still to be read.
  if (incompleteReason) return { ...withoutRemovals, incompleteReason };
  // The same where a folder moved. The next run lists again, but only this one's event knows what a person asked for.
  if (moved?.isFolder) {
    const moving = isRequested
      ? incompleteError('A folder changed while the library was listed', 'folderMoved')
      : undefined;
    return { ...withoutRemovals, incompleteReason: moving };
  }
  const removals = moved ? plan.removals.filter(({ fileId }) => !moved.files.has(fileId)) : plan.removals;
  return { ...plan, removals, interimCheckpoint, finalCheckpoint: fresh, incompleteReason: undefined };
}

/**
 * What changed while it was listed. A file that moved from a folder not yet listed to one that had been is in neither
 * listing, and was never gone: the next run reads of it in the feed. Asked only where something would be removed.
 */
async function findMoved(
  { drive, logs }: RunContext,
  listing: {
    pageToken: string;
    sharedDriveId: string | undefined;
    found: Listing;
    before: Checkpoint | undefined;
  },
): Promise<{ files: ReadonlySet<string>; isFolder: boolean } | undefined> {
  const { pageToken, sharedDriveId: fileId, found, before } = listing;
  const feed = await readFeed({ drive, logs, isBook }, pageToken, fileId);
  // A feed that cannot be read is none to wait for: every run would reconcile, and none would remove.
  if (feed.kind === 'needsListing') return undefined;
  const known = new Set([
    ...found.folders,
    ...found.shortcuts.keys(),
    ...(before?.folders ?? []),
    ...Object.keys(before?.shortcuts ?? {}),
  ]);
  const ids = new Set(feed.entries.keys());
  return { files: ids, isFolder: [...ids].some((id) => known.has(id)) };
}
