/** The reconcile: compares the whole library with the whole catalog. */
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
 * Lists the whole library, compares it with every document of the catalog, and plans the changes.
 *
 * @param before the checkpoint that this run started from, if there is one
 * @param isRequested true if a person requested something that needs this reconcile: the run then fails if the result
 *   has to wait for the next run
 * @throws DriveScanError if the root is not a folder that this account can access; nothing is then removed
 */
export async function reconcile(
  context: RunContext,
  before: Checkpoint | undefined,
  isRequested: boolean,
): Promise<Proposal> {
  const { drive, catalog, settings, logs, fingerprint, onProgress } = context;
  const root = await verifyRoot(drive, settings.folder);
  // Get the token before listing, so that the next run reads the changes made during the listing from the feed and
  // none is missed.
  const pageToken = await drive.startPageToken(root.sharedDriveId);
  const found = await listLibrary({ drive, logs, isBook, onProgress }, [root]);
  const listedUntil = new Date().toISOString();
  // A root that became inaccessible after the first check was listed as empty, and when it is accessible again, the
  // feed may have no entry for it.
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
    // Not changed here: a record is added only when something is written, so that the history alone is never a
    // reason to write.
    runs: before?.runs ?? [],
  };
  const interimCheckpoint: Checkpoint = before ?? { ...fresh, pageToken: null, reconciledAt: null };
  const withoutRemovals = { ...plan, removals: [], interimCheckpoint, finalCheckpoint: interimCheckpoint };
  // An incomplete listing does not prove that a file is gone, and the changes since the old token have yet to be
  // read.
  if (incompleteReason) return { ...withoutRemovals, incompleteReason };
  // The same applies if a folder moved. The next run lists again, so this is a failure only if a person requested
  // this reconcile. Then the run fails, so that its message, the only one with the request, is delivered again.
  if (moved?.isFolder) {
    const moving = isRequested
      ? incompleteError('A folder changed while the library was being listed', 'folderMoved')
      : undefined;
    return { ...withoutRemovals, incompleteReason: moving };
  }
  const removals = moved ? plan.removals.filter(({ fileId }) => !moved.files.has(fileId)) : plan.removals;
  return { ...plan, removals, interimCheckpoint, finalCheckpoint: fresh, incompleteReason: undefined };
}

/**
 * Finds what changed during the listing. A file that moved from a folder not listed yet to a folder already listed
 * is in neither listing, although it never left the library. The next run finds it in the feed. Called only if
 * something would be removed.
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
  const { pageToken, sharedDriveId, found, before } = listing;
  const feed = await readFeed({ drive, logs, isBook }, pageToken, sharedDriveId);
  // If the feed cannot be read, do not wait for it: every run would reconcile, and none would remove anything.
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
