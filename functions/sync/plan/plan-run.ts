/** What a run is going to write. A dry run ends here; a run goes on and writes it. */
import { isDeepStrictEqual } from 'node:util';
import type { Checkpoint, StoredCheckpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runCauses } from '../core/causes.ts';
import type { Settings } from '../core/config.ts';
import { DeadlineReached, errorOf, SyncError } from '../core/errors.ts';
import type { RunReport } from '../core/logs.ts';
import { type RunRequest, requestedActions } from '../trigger/event.ts';
import { bookCountDelta, type Change } from './change.ts';
import { chooseMode, type Resumable, reconcileRetryFactor, reconcileTimeShare } from './choose-mode.ts';
import { guard } from './guard.ts';
import { incremental } from './incremental.ts';
import type { Proposal } from './planner.ts';
import { reconcile } from './reconcile.ts';

/** What a run is to do, and how it came to it. */
export interface Proposed {
  mode: RunReport['mode'];
  reason: string;
  /** Undefined where there is nothing new, not even a later token. */
  proposal: Proposal | undefined;
  /** Why a reconcile that was due had to be put off; the run fails with it once it has done what it could. */
  deferredError?: SyncError;
}

/** A proposal after the guards; its checkpoint is complete. */
export interface PlannedRun extends Proposed {
  /** The checkpoint it was planned from. */
  stored: StoredCheckpoint;
  /** Of the proposal's updates and restores, those the guards let pass. */
  updates: Change[];
  /** Likewise. */
  removals: Change[];
  /** False where nothing is to be written, not even the checkpoint. */
  writes: boolean;
}

const feedTellsAll = 'the changes feed tells all';

/**
 * Reads what is needed and plans for it. Writes nothing.
 *
 * @throws SyncError as `incremental` and `reconcile` do, and DeadlineReached
 */
export async function planRun(context: RunContext, request: RunRequest): Promise<PlannedRun> {
  const { catalog, logs, notes } = context;
  const stored = await catalog.readCheckpoint();
  notes?.beginFrom(stored);
  if (stored.unreadable) logs.checkpointUnreadable(stored.unreadable);
  const proposed = await propose(context, stored, request);
  const { proposal, mode, reason } = proposed;
  notes?.note({ mode, reason });
  if (!proposal) return { ...proposed, stored, updates: [], removals: [], writes: false };

  for (const { fileId, current, other } of proposal.duplicates)
    logs.duplicateDocuments(fileId, current, other);
  const { updates, removals, ...held } = guard(proposal, mode, request);
  notes?.note({ held: held.held?.count ?? 0 });
  const books = proposal.books + proposal.adds.size + bookCountDelta(updates) + bookCountDelta(removals);
  proposal.finalCheckpoint = { ...proposal.finalCheckpoint, ...held, books };
  const isNothing = proposal.adds.size + updates.length + removals.length === 0;
  const isIdle =
    isNothing &&
    (proposal.incompleteReason || isDeepStrictEqual(proposal.finalCheckpoint, stored.checkpoint));
  return { ...proposed, stored, updates, removals, writes: !isIdle };
}

async function propose(
  context: RunContext,
  stored: StoredCheckpoint,
  request: RunRequest,
): Promise<Proposed> {
  const { checkpoint } = stored;
  const mode = chooseMode(context, stored, request);
  if (mode.kind === 'reconcile')
    return compareAll(context, checkpoint, mode.reason, requestedActions(request).length > 0);
  if (mode.isReconcileDue) return compareAllOrReadOn(context, mode.from);
  context.notes?.note({ mode: 'incremental', reason: feedTellsAll });
  const told = await incremental(context, mode.from);
  if (told.kind === 'needsListing') return compareAll(context, checkpoint, told.reason);
  const proposal = told.kind === 'proposal' ? told.proposal : undefined;
  return { mode: 'incremental', reason: feedTellsAll, proposal };
}

async function compareAll(
  context: RunContext,
  before: Checkpoint | undefined,
  reason: string,
  isRequested = false,
): Promise<Proposed> {
  context.notes?.note({ mode: 'reconcile', reason });
  return { mode: 'reconcile', reason, proposal: await reconcile(context, before, isRequested) };
}

/**
 * The reconcile that is due, or, where there is not the time for it, the feed: a library that has grown too large to
 * be listed in one run must not keep the catalog from what the feed would tell.
 */
async function compareAllOrReadOn(context: RunContext, before: Resumable): Promise<Proposed> {
  const seconds = (context.deadline.remainingMs() / 1000) * reconcileTimeShare;
  let deferredError: SyncError;
  try {
    return await context.withShare(seconds, (share) =>
      compareAll(share, before, 'the last one is too long ago'),
    );
  } catch (error) {
    if (error instanceof DeadlineReached) deferredError = doesNotFit(context.settings, error);
    // Where the listing asks more of Drive than it grants, the feed may still be had.
    else if (error instanceof SyncError && error.retryable) deferredError = error;
    else throw error;
  }
  const reason = 'the reconcile that is due does not fit the run';
  context.notes?.note({ mode: 'incremental', reason });
  const told = await incremental(context, before);
  // What the feed cannot tell needs the very reconcile that does not fit.
  if (told.kind === 'needsListing') throw deferredError;
  const found = told.kind === 'proposal' ? told.proposal : undefined;
  // What the next delivery of the event may mend is not put off for hours.
  if (deferredError.retryable) return { mode: 'incremental', reason, proposal: found, deferredError };
  const reconcileTriedAt = new Date().toISOString();
  const { interimCheckpoint, finalCheckpoint, ...plan } = found ?? nothingNew(before);
  const proposal = {
    ...plan,
    interimCheckpoint: { ...interimCheckpoint, reconcileTriedAt },
    finalCheckpoint: { ...finalCheckpoint, reconcileTriedAt },
  };
  return { mode: 'incremental', reason, proposal, deferredError };
}

function nothingNew(before: Checkpoint): Proposal {
  const adds = new Set<Change>();
  const none = { adds, updates: [], removals: [], duplicates: [], incompleteReason: undefined };
  return { ...none, books: before.books, interimCheckpoint: before, finalCheckpoint: before };
}

function doesNotFit({ reconcileEveryHours, runSeconds }: Settings, cause: unknown): SyncError {
  const percent = reconcileTimeShare * 100;
  const hours = reconcileEveryHours * reconcileRetryFactor;
  const said = `The reconcile that is due could not list and compare the library in its ${percent} % of the run's ${runSeconds} s; it is tried again in ${hours} h`;
  return errorOf(runCauses.reconcileOutOfTime, said, { reason: 'outOfTime', cause });
}
