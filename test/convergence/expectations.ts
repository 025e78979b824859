/** What every run of a history is held to. */
import { SyncError } from '../../functions/sync/core/errors.ts';
import { check } from './checks.ts';
import { ChildEnded } from './child-run.ts';
import type { StoredDocument } from './documents.ts';
import { isRootThere } from './library.ts';
import type { Trouble } from './operations.ts';
import type { Ending } from './runs.ts';
import type { School } from './school.ts';

/** The catalog is not what it must be. Its message is the history and what is wrong. */
export class Divergence extends Error {
  override name = 'Divergence';
}

/** True where nothing but the root comes or goes while the run is under way. */
export function mayLoseTheRoot({ estate }: School, trouble: Trouble): boolean {
  if (trouble.kind === 'none') return !isRootThere(estate.drive, estate.root);
  return trouble.kind === 'meanwhile' && trouble.operations.every(({ kind }) => kind === 'root');
}

/** Where the root cannot be seen, what is in it cannot be told from what left: nothing of it may be removed. */
export function expectNothingGone(school: School, before: StoredDocument[], after: StoredDocument[]): void {
  const { estate, ledger } = school;
  if (isRootThere(estate.drive, estate.root)) return;
  const gone = goneOf(before, after).filter(({ fields }) =>
    ledger.library.books.has(String(fields.drive_id)),
  );
  if (gone.length > 0)
    fail(
      school,
      gone.map(({ docId }) => `${docId} was removed by a run that could not see the root at its end`),
    );
}

/** So many documents were ever made that a run could remove more of them than the guard lets pass. */
export function mayMeetTheGuard({ ledger }: School): boolean {
  return ledger.everIn.size + ledger.foreign.size > 10;
}

/**
 * No run removes more than ten books and a tenth of the catalog, unless a person approved that many. Counted in the
 * catalog, not taken from what the run reports; a run that died or failed is held to it as well.
 */
export function expectGuarded(
  school: School,
  before: StoredDocument[],
  after: StoredDocument[],
  { runs, approved }: { runs: number; approved: number },
): void {
  const books = Math.max(before.filter(isIn).length, after.filter(isIn).length);
  const limit = Math.max(10, Math.floor(books / 10), approved) * runs;
  const removed = goneOf(before, after).length;
  if (removed > limit) fail(school, [`${removed} books were removed at once, and the guard allows ${limit}`]);
}

/** Books that were in the catalog and are not any more. */
function goneOf(before: StoredDocument[], after: StoredDocument[]): StoredDocument[] {
  const still = new Set(after.filter(isIn).map(({ docId }) => docId));
  return before.filter((document) => isIn(document) && !still.has(document.docId));
}

function isIn({ fields }: StoredDocument): boolean {
  return fields.drive_id !== undefined && fields.removed_date === undefined;
}

export function isAnError(error: unknown): boolean {
  return error instanceof SyncError || error instanceof ChildEnded;
}

/** What a completed reconcile has seen is owed no more. */
export function forgetBlindness({ ledger }: School, ending: Ending | undefined, began: number): void {
  const { blind } = ledger;
  if (ending?.kind !== 'ended' || ending.outcome.kind !== 'completed') return;
  if (ending.outcome.mode === 'reconcile' && blind && blind.since <= began) ledger.blind = undefined;
}

export function expectCompleted(school: School, ending: Ending | undefined): void {
  if (ending?.kind === 'ended' && ending.outcome.kind === 'completed') return;
  const error = ending?.kind === 'failed' ? String((ending.error as Error)?.stack) : '';
  fail(school, [`an undisturbed run did not complete: ${ending && describeEnding(ending)} ${error}`]);
}

/** The catalog now, after a run that completed. */
export async function expectRight(school: School, ending: Ending | undefined): Promise<Judged> {
  const documents = await school.documents.list();
  if (ending?.kind !== 'ended' || ending.outcome.kind !== 'completed')
    return { documents, mayChange: new Set() };
  const { mode, held } = ending.outcome;
  const after = mode === 'reconcile' ? 'reconcile' : 'incremental';
  const { wrong, unseen, surplus } = check(school.ledger, documents, { after, held });
  if (wrong.length > 0) fail(school, wrong);
  return { documents, mayChange: new Set([...unseen, ...surplus]) };
}

export interface Judged {
  documents: StoredDocument[];
  /** Documents a reconcile may still have something to do with. */
  mayChange: Set<string>;
}

export function describeEnding(ending: Ending): string {
  if (ending.kind === 'died') return 'died';
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

export function fail(school: School, wrong: string[]): never {
  const steps = school.told.map((line, index) => `${String(index).padStart(3)}  ${line}`);
  throw new Divergence(`${steps.join('\n')}\nWRONG:\n${wrong.map((line) => `  - ${line}`).join('\n')}`);
}
