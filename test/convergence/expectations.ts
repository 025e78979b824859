/** What is expected of every run of a history. */
import { SyncError } from '../../functions/sync/core/errors.ts';
import { checkCatalog } from './checks.ts';
import { ChildEnded } from './child-run.ts';
import type { StoredDocument } from './documents.ts';
import type { Fixture } from './fixture.ts';
import { isRootAvailable } from './library.ts';
import type { Disturbance } from './operations.ts';
import type { Ending } from './runs.ts';

/** The catalog or a run is not as the model expects. The message contains the history and the divergences. */
export class Divergence extends Error {
  override name = 'Divergence';
}

/**
 * Whether the root may be unavailable at the end of a run, and nothing else changes during it. `expectNothingRemoved`
 * can then be checked.
 */
export function mayLoseOnlyRoot({ workspace }: Fixture, disturbance: Disturbance): boolean {
  if (disturbance.kind === 'none') return !isRootAvailable(workspace.drive, workspace.root);
  return disturbance.kind === 'change' && disturbance.operations.every(({ kind }) => kind === 'root');
}

/**
 * If the root is not accessible, the sync cannot tell the books in it from books that left, so it must remove none of
 * them.
 */
export function expectNothingRemoved(
  fixture: Fixture,
  before: StoredDocument[],
  after: StoredDocument[],
): void {
  const { workspace, model } = fixture;
  if (isRootAvailable(workspace.drive, workspace.root)) return;
  const removed = removedBetween(before, after).filter(({ fields }) =>
    model.library.books.has(String(fields.drive_id)),
  );
  if (removed.length > 0)
    fail(
      fixture,
      removed.map(({ docId }) => `${docId} was removed by a run that could not access the root at its end`),
    );
}

/** Whether enough documents were ever created for a run to remove more than the guard allows. */
export function canReachGuard({ model }: Fixture): boolean {
  return model.everInLibrary.size + model.foreign.size > 10;
}

/**
 * No run may remove more than ten books or a tenth of the catalog, whichever is more, unless a person approved that
 * many. The removals are counted in the catalog, not taken from the run's report, so this also covers runs that were
 * killed or failed.
 */
export function expectGuardRespected(
  fixture: Fixture,
  before: StoredDocument[],
  after: StoredDocument[],
  { runs, approved }: { runs: number; approved: number },
): void {
  const books = Math.max(before.filter(isInCatalog).length, after.filter(isInCatalog).length);
  const limit = Math.max(10, Math.floor(books / 10), approved) * runs;
  const removed = removedBetween(before, after).length;
  if (removed > limit)
    fail(fixture, [`${removed} books were removed at once, but the guard allows only ${limit}`]);
}

/** Books that were in the catalog before and are no longer. */
function removedBetween(before: StoredDocument[], after: StoredDocument[]): StoredDocument[] {
  const remaining = new Set(after.filter(isInCatalog).map(({ docId }) => docId));
  return before.filter((document) => isInCatalog(document) && !remaining.has(document.docId));
}

function isInCatalog({ fields }: StoredDocument): boolean {
  return fields.drive_id !== undefined && fields.removed_date === undefined;
}

export function isExpectedError(error: unknown): boolean {
  return error instanceof SyncError || error instanceof ChildEnded;
}

/** After a completed reconcile, nothing that changed before it counts as unreported any more. */
export function clearUnreported({ model }: Fixture, ending: Ending | undefined, began: number): void {
  const { unreported } = model;
  if (ending?.kind !== 'ended' || ending.outcome.kind !== 'completed') return;
  if (ending.outcome.mode === 'reconcile' && unreported && unreported.since <= began)
    model.unreported = undefined;
}

export function expectCompleted(fixture: Fixture, ending: Ending | undefined): void {
  if (ending?.kind === 'ended' && ending.outcome.kind === 'completed') return;
  const error = ending?.kind === 'failed' ? String((ending.error as Error)?.stack) : '';
  fail(fixture, [
    `a run that nothing disturbed did not complete: ${ending && describeEnding(ending)} ${error}`,
  ]);
}

/** Checks the catalog after a run, if the run completed. */
export async function expectCorrect(fixture: Fixture, ending: Ending | undefined): Promise<CheckedCatalog> {
  const documents = await fixture.documents.list();
  if (ending?.kind !== 'ended' || ending.outcome.kind !== 'completed')
    return { documents, mayChange: new Set() };
  const { mode, held } = ending.outcome;
  const after = mode === 'reconcile' ? 'reconcile' : 'incremental';
  const { divergences, pending, surplus } = checkCatalog(fixture.model, documents, { after, held });
  if (divergences.length > 0) fail(fixture, divergences);
  return { documents, mayChange: new Set([...pending, ...surplus]) };
}

export interface CheckedCatalog {
  documents: StoredDocument[];
  /** IDs of documents that a reconcile may still change. */
  mayChange: Set<string>;
}

export function describeEnding(ending: Ending): string {
  if (ending.kind === 'died') return 'killed';
  if (ending.kind === 'failed') return `failed, ${String(ending.error)}`;
  const { outcome } = ending;
  if (outcome.kind !== 'completed') return outcome.kind;
  const { mode, reason, added, updated, removed, restored, held } = outcome;
  return `${mode} (${reason}) +${added} ~${updated} -${removed} ^${restored}${held ? `, ${held} held` : ''}`;
}

export function kindOf(ending: Ending): string {
  if (ending.kind !== 'ended') return ending.kind;
  return ending.outcome.kind === 'completed' ? ending.outcome.mode : ending.outcome.kind;
}

export function fail(fixture: Fixture, divergences: string[]): never {
  const steps = fixture.log.map((line, index) => `${String(index).padStart(3)}  ${line}`);
  throw new Divergence(
    `${steps.join('\n')}\nDivergences:\n${divergences.map((line) => `  - ${line}`).join('\n')}`,
  );
}
