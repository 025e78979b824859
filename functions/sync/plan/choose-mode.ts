/** Which way a run goes: the changes feed where it is enough, a listing of everything where it is not. */
import type { Checkpoint, StoredCheckpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { rulesVersion } from '../metadata/rules-version.ts';
import type { RunRequest } from '../trigger/event.ts';

/** A checkpoint whose feed can be read on. */
export type Resumable = Checkpoint & { pageToken: string };

/** What a run does. */
export type ChosenMode =
  | { kind: 'incremental'; from: Resumable; isReconcileDue: boolean }
  | { kind: 'reconcile'; reason: string };

/**
 * The part of a run's time that a reconcile may read for where the feed could be read as well. The rest is enough
 * to read the feed and write what it tells.
 */
export const reconcileTimeShare = 0.75;
/** A reconcile that did not fit is tried again after this part of the usual time between two: it may cost a read a book. */
export const reconcileRetryFactor = 0.25;

/** The mode of a run that starts from this checkpoint. Pure. */
export function chooseMode(
  { fingerprint, settings }: Pick<RunContext, 'fingerprint' | 'settings'>,
  stored: StoredCheckpoint,
  request: RunRequest,
): ChosenMode {
  const { checkpoint } = stored;
  const reason = reconcileReason(fingerprint, stored, request);
  if (reason !== undefined || !checkpoint || checkpoint.pageToken === null)
    return { kind: 'reconcile', reason: reason ?? 'the first run' };
  const from = { ...checkpoint, pageToken: checkpoint.pageToken };
  return { kind: 'incremental', from, isReconcileDue: isDue(checkpoint, settings) };
}

/** Why the feed cannot be read from this checkpoint; undefined where it can. */
function reconcileReason(
  fingerprint: string,
  { checkpoint, unreadable }: StoredCheckpoint,
  request: RunRequest,
): string | undefined {
  if (!checkpoint) return unreadable ? 'the checkpoint is unreadable' : 'the first run';
  const { pageToken, reconciledAt, rules } = checkpoint;
  if (request.reconcile) return 'it was asked for';
  if (request.approvedRemovals !== undefined) return 'removals were approved';
  if (request.approvedUpdates !== undefined) return 'updates were approved';
  if (pageToken === null || reconciledAt === null) return 'no reconcile has come to its end';
  if (checkpoint.settings !== fingerprint) return 'the settings changed';
  if (rules !== rulesVersion) return 'the rules for metadata changed';
  return undefined;
}

function isDue({ reconciledAt, reconcileTriedAt }: Checkpoint, { reconcileEveryHours }: Settings): boolean {
  return (
    isPast(reconciledAt, reconcileEveryHours) &&
    isPast(reconcileTriedAt, reconcileEveryHours * reconcileRetryFactor)
  );
}

/** A clock that was set back must not put off the next reconcile for years. */
function isPast(time: string | null, hours: number): boolean {
  if (time === null) return true;
  const since = (Date.now() - Date.parse(time)) / 3_600_000;
  return since >= hours || since < 0;
}
