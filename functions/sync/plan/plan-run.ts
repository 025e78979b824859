/** Plans what a run will write. A dry run ends here; any other run continues and writes the plan. */
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

/** What a run should do, and why. */
export interface Proposed {
  mode: RunReport['mode'];
  reason: string;
  /** Undefined if there is nothing new, not even a newer page token. */
  proposal: Proposal | undefined;
  /** Why a due reconcile was deferred. The run does what it can, and then fails with this error. */
  deferredError?: SyncError;
}

/** A proposal after the guards. Its final checkpoint is complete. */
export interface PlannedRun extends Proposed {
  /** The checkpoint that the plan starts from. */
  stored: StoredCheckpoint;
  /** The proposal's updates and restores that the guards do not hold. */
  updates: Change[];
  /** The proposal's removals that the guards do not hold. */
  removals: Change[];
  /** False if there is nothing to write, not even the checkpoint. */
  writes: boolean;
}

const incrementalReason = 'changes since the last run';

/**
 * Reads everything that the run needs, and plans the run. Writes nothing.
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
    return proposeReconcile(context, checkpoint, mode.reason, requestedActions(request).length > 0);
  if (mode.isReconcileDue) return reconcileOrReadFeed(context, mode.from);
  context.notes?.note({ mode: 'incremental', reason: incrementalReason });
  const outcome = await incremental(context, mode.from);
  if (outcome.kind === 'needsListing') return proposeReconcile(context, checkpoint, outcome.reason);
  const proposal = outcome.kind === 'proposal' ? outcome.proposal : undefined;
  return { mode: 'incremental', reason: incrementalReason, proposal };
}

async function proposeReconcile(
  context: RunContext,
  before: Checkpoint | undefined,
  reason: string,
  isRequested = false,
): Promise<Proposed> {
  context.notes?.note({ mode: 'reconcile', reason });
  return { mode: 'reconcile', reason, proposal: await reconcile(context, before, isRequested) };
}

/**
 * Runs the reconcile that is due, or reads the changes feed if there is not enough time for it: a library that has
 * grown too large to be listed in one run must not keep the feed's changes out of the catalog.
 */
async function reconcileOrReadFeed(context: RunContext, before: Resumable): Promise<Proposed> {
  const seconds = (context.deadline.remainingMs() / 1000) * reconcileTimeShare;
  let deferredError: SyncError;
  try {
    return await context.withShare(seconds, (share) =>
      proposeReconcile(share, before, 'scheduled reconcile is due'),
    );
  } catch (error) {
    if (error instanceof DeadlineReached) deferredError = doesNotFit(context.settings, error);
    // If the listing exceeds what Drive allows, the feed may still be readable.
    else if (error instanceof SyncError && error.retryable) deferredError = error;
    else throw error;
  }
  const reason = 'the scheduled reconcile could not be completed';
  const outcome = await incremental(context, before);
  // The feed is not enough: it needs the very reconcile that could not be completed.
  if (outcome.kind === 'needsListing') throw deferredError;
  context.notes?.note({ mode: 'incremental', reason });
  const found = outcome.kind === 'proposal' ? outcome.proposal : undefined;
  // If redelivering the event may fix the error, the reconcile is not deferred for hours.
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
  const message = `The scheduled reconcile ran out of time: it could not list and compare the library in ${percent}% of the run's ${runSeconds} s. It will be retried in ${hours} h`;
  return errorOf(runCauses.reconcileOutOfTime, message, { reason: 'outOfTime', cause });
}
