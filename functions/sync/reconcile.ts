/** The whole library against the whole catalog. */

import type { Checkpoint } from './catalog/checkpoint.ts';
import { proveRoot, scan } from './drive/scan.ts';
import { isBook } from './metadata/is-book.ts';
import { rulesVersion } from './metadata/metadata.ts';
import { type Proposal, planFor, type RunContext } from './run.ts';

/**
 * Lists everything and compares it with everything.
 *
 * @param before the checkpoint this run began from, if there is one
 * @throws DriveScanError where the root is not a folder we see; then nothing is removed
 */
export async function reconcile(context: RunContext, before: Checkpoint | undefined): Promise<Proposal> {
  const { drive, catalog, settings, logs, fingerprint, onProgress } = context;
  const root = await proveRoot(drive, settings.folder);
  // Before the listing: what changes while we list is then read again from the feed, and nothing falls between.
  const pageToken = await drive.startPageToken(root.driveId);
  const found = await scan({ drive, logs, isBook, onProgress }, [root]);
  const listedUntil = new Date().toISOString();
  // A root that went away after it was proven was listed as empty, and no entry of the feed need tell when it is back.
  await proveRoot(drive, settings.folder);

  const planner = planFor(context, (id) => found.files.get(id));
  let documents = 0;
  for await (const page of catalog.allBooks()) {
    for (const document of page) planner.take(document);
    documents += page.length;
    onProgress?.({ step: 'comparing', documents });
  }
  const plan = planner.finish(found.files.keys());

  const fresh: Checkpoint = {
    pageToken,
    driveId: root.driveId ?? null,
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
  const meanwhile: Checkpoint = before ?? { ...fresh, pageToken: null, reconciledAt: null };
  // With a gap, absence proves nothing, and what the feed told since the old token is still to be read.
  return found.gap
    ? { ...plan, removals: [], meanwhile, final: meanwhile, gap: found.gap }
    : { ...plan, meanwhile, final: fresh, gap: undefined };
}
