/** Chooses the mode of a run: incremental if the changes feed is enough, otherwise reconcile. */
import type { Checkpoint, StoredCheckpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { rulesVersion } from '../metadata/rules-version.ts';
import type { RunRequest } from '../trigger/event.ts';

/** A checkpoint from which the changes feed can be read. */
export type Resumable = Checkpoint & { pageToken: string };

/** The mode of a run. */
export type ChosenMode =
  | { kind: 'incremental'; from: Resumable; isReconcileDue: boolean }
  | { kind: 'reconcile'; reason: string };

/**
 * The share of a run's time that a reconcile may use for reading, if the run could also read the changes feed. The
 * rest is enough to read the feed and write its changes.
 */
export const reconcileTimeShare = 0.75;
/**
 * A reconcile that ran out of time is retried after this fraction of the normal interval between reconciles, not in
 * the next run: each attempt can cost one Firestore read per book.
 */
export const reconcileRetryFactor = 0.25;

/** Chooses the mode of a run that starts from this checkpoint. A pure function. */
export function chooseMode(
  { fingerprint, settings }: Pick<RunContext, 'fingerprint' | 'settings'>,
  stored: StoredCheckpoint,
  request: RunRequest,
): ChosenMode {
  const { checkpoint } = stored;
  const reason = reconcileReason(fingerprint, stored, request);
  if (reason !== undefined || !checkpoint || checkpoint.pageToken === null)
    return { kind: 'reconcile', reason: reason ?? 'first run' };
  const from = { ...checkpoint, pageToken: checkpoint.pageToken };
  return { kind: 'incremental', from, isReconcileDue: isDue(checkpoint, settings) };
}

/** Why the run must reconcile; undefined if it can read the changes feed from this checkpoint. */
function reconcileReason(
  fingerprint: string,
  { checkpoint, unreadable }: StoredCheckpoint,
  request: RunRequest,
): string | undefined {
  if (!checkpoint) return unreadable ? 'the checkpoint is unreadable' : 'first run';
  const { pageToken, reconciledAt, rules } = checkpoint;
  if (request.reconcile) return 'a reconcile was requested';
  if (request.approvedRemovals !== undefined) return 'removals were approved';
  if (request.approvedUpdates !== undefined) return 'updates were approved';
  if (pageToken === null || reconciledAt === null) return 'no reconcile has completed yet';
  if (checkpoint.settings !== fingerprint) return 'the settings changed';
  if (rules !== rulesVersion) return 'the metadata rules changed';
  return undefined;
}

function isDue({ reconciledAt, reconcileTriedAt }: Checkpoint, { reconcileEveryHours }: Settings): boolean {
  return (
    isPast(reconciledAt, reconcileEveryHours) &&
    isPast(reconcileTriedAt, reconcileEveryHours * reconcileRetryFactor)
  );
}

/** A time in the future counts as past: a clock that was set back must not postpone the next reconcile for years. */
function isPast(time: string | null, hours: number): boolean {
  if (time === null) return true;
  const elapsedHours = (Date.now() - Date.parse(time)) / 3_600_000;
  return elapsedHours >= hours || elapsedHours < 0;
}
