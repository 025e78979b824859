/**
 * Records a run in the run history. The run record is part of the checkpoint. It is committed with each batch, so it
 * needs no extra write, and it exists only if the batch was committed. Only a failed run writes it separately.
 */
import { randomUUID } from 'node:crypto';
import type { Timestamp } from 'firebase-admin/firestore';
import type { Catalog } from '../catalog/catalog.ts';
import { roomForRuns, type StoredCheckpoint } from '../catalog/checkpoint.ts';
import {
  addRecord,
  type Failure,
  fitting,
  type RunRecord,
  recordedFailure,
  shortened,
} from '../catalog/run-record.ts';
import type { RunNotes } from '../context.ts';
import type { Settings } from '../core/config.ts';
import { createRedactor } from '../core/redact.ts';
import type { Meter } from '../core/usage.ts';
import type { Change } from '../plan/change.ts';
import type { RunCounts } from './counts.ts';

export interface History extends RunNotes {
  /**
   * The history as it is after these changes are committed.
   *
   * @param end set for the last changes. If it has a failure, which the run will throw, the run is recorded as
   *   failed.
   */
  after(changes: readonly Change[], end?: { failure: unknown }): RunRecord[];
  /** Notes that the result of `after` was committed, and with which version of the checkpoint. */
  committed(updateTime: Timestamp): void;
  /**
   * Records that the run failed, if there is a checkpoint to record it in and no Firestore call has failed so far.
   * Costs at most one write, and is not retried. Never throws: if the record cannot be written, only the log has
   * the failure.
   */
  fail(error: unknown): Promise<void>;
}

export interface HistoryContext {
  settings: Settings;
  catalog: Catalog;
  meter: Meter;
  runCounts: RunCounts;
}

/** Creates the history for one run. The run starts now. */
export function createHistory({ settings, catalog, meter, runCounts }: HistoryContext): History {
  const redact = createRedactor(secretsOf(settings));
  const id = randomUUID().slice(0, 8);
  const began = new Date().toISOString();
  const start = performance.now();
  let stored: StoredCheckpoint | undefined;
  let version: Timestamp | undefined;
  let isRecorded = false;
  let ending: { failure: unknown } | undefined;
  const known = { mode: 'incremental' as RunRecord['mode'], reason: '', held: 0 };

  /** The record as it is in the commit of these changes and the checkpoint. */
  function runRecordOf(
    changes: readonly Change[],
    outcome: RunRecord['outcome'],
    failure?: Failure,
  ): RunRecord {
    const { mode, reason, held } = known;
    const { counts, problems } = runCounts.ahead(changes);
    const deletes = changes.filter((change) => change.kind === 'remove' && change.mode === 'delete').length;
    const record: RunRecord = {
      id,
      began,
      mode,
      reason,
      outcome,
      counts: { ...counts, held },
      cost: {
        driveCalls: meter.driveCalls,
        reads: meter.reads,
        writes: meter.writes + changes.length - deletes + 1,
        deletes: meter.deletes + deletes,
        commits: meter.commits + 1,
      },
      durationMs: Math.round(performance.now() - start),
      problems,
      failure: failure ?? null,
      times: 1,
      last: began,
    };
    return shortened(redact(record) as RunRecord);
  }

  return {
    beginFrom(found) {
      stored = found;
      version = found.updateTime;
    },
    note: (more) => void Object.assign(known, more),
    after(changes, end) {
      ending = end;
      const failure = end?.failure ? recordedFailure(end.failure) : undefined;
      const outcome = !end ? 'continues' : failure ? 'failed' : 'completed';
      return addRecord(stored?.checkpoint?.runs ?? [], runRecordOf(changes, outcome, failure));
    },
    committed(updateTime) {
      version = updateTime;
      isRecorded = ending !== undefined;
    },
    async fail(error) {
      // A document that is not a readable checkpoint is not written to until a run has replaced it.
      const checkpoint = stored?.checkpoint;
      if (!checkpoint || !version || isRecorded) return;
      const runs = addRecord(checkpoint.runs, runRecordOf([], 'failed', recordedFailure(error)));
      await catalog.writeRuns(fitting(runs, roomForRuns(checkpoint)), version);
    },
  };
}

function secretsOf({ driveIdentity, catalogIdentity }: Settings): string[] {
  return [driveIdentity, catalogIdentity].flatMap((identity) => {
    if (identity.kind === 'oauth') return [identity.clientSecret, identity.refreshToken];
    return identity.kind === 'service-account' ? [identity.privateKey] : [];
  });
}
