/** What a run would do, as `sync --dry-run --json` prints it. The names are a contract: see docs/commands.md. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { BookDocument } from '../../sync/catalog/book-document.ts';
import type { Held } from '../../sync/catalog/checkpoint.ts';
import type { FieldChanges, RunReport } from '../../sync/core/logs.ts';
import type { Usage } from '../../sync/core/usage.ts';
import type { Change } from '../../sync/plan/change.ts';
import { holdLimit } from '../../sync/plan/guard.ts';
import { type KeptField, titleOf } from '../../sync/plan/plan-book.ts';
import type { PlannedRun } from '../../sync/plan/plan-run.ts';
import { isWithContent } from '../../sync/write/read-contents.ts';
import { batchSize } from '../../sync/write/write-batches.ts';
import { approveCommand } from '../shared/approve-command.ts';
import type { FailureDocument } from '../shared/failure.ts';

export interface PlanDocument {
  environment: EnvironmentName;
  mode: RunReport['mode'];
  /** Why the run would use this mode. */
  reason: string;
  added: (FileRef & { author: string | null; year: string | null })[];
  updated: ChangedBook[];
  restored: ChangedBook[];
  removed: (BookRef & { how: 'mark' | 'delete' })[];
  held: { removals: HeldBooks | null; updates: HeldBooks | null };
  /** Fields that stay unchanged in the catalog although the file says something else. */
  kept: (BookRef & { field: string; value: unknown; fileSays: unknown; why: KeptField['why'] })[];
  /** Books whose content a run would read first, which may change the values shown here. */
  toRead: FileRef[];
  warnings: string[];
  /** The error that the run would end with after all this. */
  problem: FailureDocument | null;
  /** Books in the catalog that are in the library. */
  books: { before: number; after: number };
  /** What the run would cost in addition to the cost of the dry run. */
  wouldCost: { writes: number; deletes: number; commits: number };
  /** What the dry run cost. Its writes are 0. */
  cost: Usage;
}

interface FileRef {
  driveId: string;
  title: string;
  file: string | null;
}
interface BookRef extends FileRef {
  docId: string;
}
type ChangedBook = BookRef & { changes: FieldChanges };

/** Changes that wait for approval. `books` is empty if the run would not recount them. */
interface HeldBooks {
  count: number;
  /** RFC 3339. */
  since: string;
  /** Up to this many changes are not held. */
  limit: number;
  /** The command that approves them. */
  approve: string;
  books: (BookRef & { changes?: FieldChanges })[];
}

/** A document with fields that stay unchanged. */
export interface Kept {
  document: BookDocument;
  fields: KeptField[];
}

export interface PlanFacts {
  environment: EnvironmentName;
  planned: PlannedRun;
  kept: readonly Kept[];
  warnings: string[];
  problem: FailureDocument | null;
  usage: Usage;
}

export function planDocumentOf(facts: PlanFacts): PlanDocument {
  const { environment, planned, warnings, problem, usage } = facts;
  const { mode, reason, proposal, stored, updates, removals, writes } = planned;
  const adds = [...(proposal?.adds ?? [])];
  const finalCheckpoint = proposal?.finalCheckpoint ?? stored.checkpoint;
  const sure = updates.flatMap((change) => (isChanged(change) && !change.onlyReadsContent ? [change] : []));
  const waits = (what: 'removals' | 'updates', held: Held | null | undefined, changes: Change[] = []) =>
    held
      ? { ...held, ...heldBooks(environment, what, held.count, finalCheckpoint?.books ?? 0, changes) }
      : null;
  return {
    environment,
    mode,
    reason,
    added: adds.flatMap((change) =>
      change.kind === 'add'
        ? [{ ...fileRefOf(change), author: textOf(change.set.author), year: textOf(change.set.year) }]
        : [],
    ),
    updated: sure.filter(({ kind }) => kind === 'update').map(changedBookOf),
    restored: sure.filter(({ kind }) => kind === 'restore').map(changedBookOf),
    removed: removals.flatMap((change) =>
      change.kind === 'remove' ? [{ ...bookRefOf(change), how: change.mode }] : [],
    ),
    held: {
      removals: waits('removals', finalCheckpoint?.held, mode === 'reconcile' ? proposal?.removals : []),
      updates: waits('updates', finalCheckpoint?.heldUpdates, leftOut(proposal?.updates, updates)),
    },
    kept: facts.kept.flatMap(keptOf),
    toRead: [...adds, ...updates].filter(isWithContent).map(fileRefOf),
    warnings,
    problem,
    books: { before: stored.checkpoint?.books ?? 0, after: finalCheckpoint?.books ?? 0 },
    wouldCost: costOf(writes, [...adds, ...updates, ...removals]),
    cost: usage,
  };
}

function heldBooks(
  environment: EnvironmentName,
  what: 'removals' | 'updates',
  count: number,
  books: number,
  changes: readonly Change[],
): Omit<HeldBooks, 'count' | 'since'> {
  return {
    limit: holdLimit(books),
    approve: approveCommand(environment, what, count),
    books: changes.map((change) => (isChanged(change) ? changedBookOf(change) : bookRefOf(change))),
  };
}

/** Each document is one write, and each batch writes the checkpoint too. */
function costOf(writes: boolean, changes: readonly Change[]): PlanDocument['wouldCost'] {
  if (!writes) return { writes: 0, deletes: 0, commits: 0 };
  const commits = Math.max(1, Math.ceil(changes.length / batchSize));
  const deletes = changes.filter((change) => change.kind === 'remove' && change.mode === 'delete').length;
  return { writes: changes.length - deletes + commits, deletes, commits };
}

type ChangeOfDocument = Extract<Change, { kind: 'update' | 'restore' }>;

function isChanged(change: Change): change is ChangeOfDocument {
  return change.kind === 'update' || change.kind === 'restore';
}

function leftOut(proposed: readonly Change[] = [], made: readonly Change[]): Change[] {
  const passed = new Set(made);
  return proposed.filter((change) => !passed.has(change));
}

function fileRefOf(change: Change): FileRef {
  const { fileId, title } = change;
  const file = change.kind === 'remove' ? change.read.fields.original_filename : nameOf(change);
  return { driveId: fileId, title, file: textOf(file) };
}

function nameOf({ book }: Exclude<Change, { kind: 'remove' }>): string {
  return book.facts.original_filename;
}

function bookRefOf(change: Change): BookRef {
  return { docId: change.docId, ...fileRefOf(change) };
}

/** JSON has no undefined, so a missing value becomes null. */
function changedBookOf(change: ChangeOfDocument): ChangedBook {
  const changes = Object.entries(change.changes).map(([field, { from, to }]) => [
    field,
    { from: from ?? null, to: to ?? null },
  ]);
  return { ...bookRefOf(change), changes: Object.fromEntries(changes) };
}

function keptOf({ document, fields }: Kept): PlanDocument['kept'] {
  const { docId, fileId } = document;
  const book = {
    docId,
    driveId: fileId,
    title: titleOf(document),
    file: textOf(document.fields.original_filename),
  };
  return fields.map(({ field, value, fileSays, why }) => ({
    ...book,
    field,
    value: value ?? null,
    fileSays: fileSays ?? null,
    why,
  }));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
