/** Which way a run goes: the changes feed where it can tell all, a listing of everything where it cannot. */
import type { Checkpoint, StoredCheckpoint } from '../catalog/checkpoint.ts';
import type { Proposal, RunContext } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { DeadlineReached, DriveScanError, SyncError } from '../core/errors.ts';
import type { RunReport } from '../core/logs.ts';
import type { NeedsListing } from '../drive/changes.ts';
import { rulesVersion } from '../metadata/rules-version.ts';
import { askedBy, type Tick } from '../trigger/event.ts';
import type { Change } from './change.ts';
import { incremental, type Resumable } from './incremental.ts';
import { reconcile } from './reconcile.ts';

/** What a run is to do, and how it came to it. */
export interface Proposed {
  mode: RunReport['mode'];
  reason: string;
  /** Undefined where there is nothing new, not even a later token. */
  proposal: Proposal | undefined;
  /** Why a reconcile that was due had to be put off; the run fails with it once it has done what it could. */
  putOff?: SyncError;
}

const feedTellsAll = 'the changes feed tells all';
/**
 * The part of a run's time that a reconcile may read for where the feed could be read as well. The rest is enough
 * to read the feed and write what it tells.
 */
const sharePart = 0.75;
/** A reconcile that did not fit is tried again after this part of the usual time between two: it may cost a read a book. */
const againPart = 0.25;

/**
 * Reads what is needed and plans for it.
 *
 * @throws SyncError as `incremental` and `reconcile` do, and DeadlineReached
 */
export async function propose(context: RunContext, stored: StoredCheckpoint, tick: Tick): Promise<Proposed> {
  const { checkpoint } = stored;
  const resumable = findResumable(context, stored, tick);
  if ('reconcile' in resumable)
    return compareAll(context, checkpoint, resumable.reconcile, askedBy(tick).length > 0);
  context.history?.note({ mode: 'incremental', reason: feedTellsAll });
  if (isDue(resumable, context.settings)) return compareAllOrReadOn(context, resumable);
  const proposal = await incremental(context, resumable);
  if (proposal && 'reconcile' in proposal) return compareAll(context, checkpoint, proposal.reconcile);
  return { mode: 'incremental', reason: feedTellsAll, proposal };
}

async function compareAll(
  context: RunContext,
  before: Checkpoint | undefined,
  reason: string,
  isAsked = false,
): Promise<Proposed> {
  context.history?.note({ mode: 'reconcile', reason });
  context.logs.runStarted('reconcile', reason);
  return { mode: 'reconcile', reason, proposal: await reconcile(context, before, isAsked) };
}

/**
 * The reconcile that is due, or, where there is not the time for it, the feed: a library that has grown too large to
 * be listed in one run must not keep the catalog from what the feed would tell.
 */
async function compareAllOrReadOn(context: RunContext, before: Resumable): Promise<Proposed> {
  const seconds = (context.deadline.remainingMs() / 1000) * sharePart;
  let putOff: SyncError;
  try {
    return await context.withShare(seconds, (share) =>
      compareAll(share, before, 'the last one is too long ago'),
    );
  } catch (error) {
    if (error instanceof DeadlineReached) putOff = doesNotFit(context.settings, error);
    // Where the listing asks more of Drive than it grants, the feed may still be had.
    else if (error instanceof SyncError && error.retryable) putOff = error;
    else throw error;
  }
  const told = await incremental(context, before);
  // What the feed cannot tell needs the very reconcile that does not fit.
  if (told && 'reconcile' in told) throw putOff;
  const reason = 'the reconcile that is due does not fit the run';
  // What the next delivery of the event may mend is not put off for hours.
  if (putOff.retryable) return { mode: 'incremental', reason, proposal: told, putOff };
  const reconcileTriedAt = new Date().toISOString();
  const { meanwhile, final, ...plan } = told ?? nothingNew(before);
  const proposal = {
    ...plan,
    meanwhile: { ...meanwhile, reconcileTriedAt },
    final: { ...final, reconcileTriedAt },
  };
  return { mode: 'incremental', reason, proposal, putOff };
}

function nothingNew(before: Checkpoint): Proposal {
  const adds = new Set<Change>();
  const none = { adds, updates: [], removals: [], doubles: [], gap: undefined };
  return { ...none, books: before.books, meanwhile: before, final: before };
}

/** The checkpoint, if the feed may be read from it; otherwise why not. */
export function findResumable(
  { fingerprint }: Pick<RunContext, 'fingerprint'>,
  { checkpoint, unreadable }: StoredCheckpoint,
  tick: Tick,
): Resumable | NeedsListing {
  if (!checkpoint) return { reconcile: unreadable ? 'the checkpoint is unreadable' : 'the first run' };
  const { pageToken, reconciledAt, rules } = checkpoint;
  if (tick.reconcile) return { reconcile: 'it was asked for' };
  if (tick.approvedRemovals !== undefined) return { reconcile: 'removals were approved' };
  if (tick.approvedUpdates !== undefined) return { reconcile: 'updates were approved' };
  if (pageToken === null || reconciledAt === null) return { reconcile: 'no reconcile has come to its end' };
  if (checkpoint.settings !== fingerprint) return { reconcile: 'the settings changed' };
  if (rules !== rulesVersion) return { reconcile: 'the rules for metadata changed' };
  return { ...checkpoint, pageToken };
}

function isDue({ reconciledAt, reconcileTriedAt }: Checkpoint, { reconcileEveryHours }: Settings): boolean {
  return (
    isPast(reconciledAt, reconcileEveryHours) && isPast(reconcileTriedAt, reconcileEveryHours * againPart)
  );
}

/** A clock that was set back must not put off the next reconcile for years. */
function isPast(time: string | null, hours: number): boolean {
  if (time === null) return true;
  const since = (Date.now() - Date.parse(time)) / 3_600_000;
  return since >= hours || since < 0;
}

/** Not retryable: the same event delivered again at once would only find the same. */
function doesNotFit({ reconcileEveryHours, runSeconds }: Settings, cause: unknown): DriveScanError {
  const hours = reconcileEveryHours * againPart;
  return new DriveScanError(
    `The reconcile that is due could not list and compare the library in its ${sharePart * 100} % of the run's ${runSeconds} s`,
    {
      hint: `The catalog goes on following the changes feed, and the reconcile is tried again in ${hours} h; until one fits, what the feed does not tell is not made good. Give the function more memory, which brings more CPU, or split the library.`,
      retryable: false,
      reason: 'outOfTime',
      cause,
    },
  );
}
