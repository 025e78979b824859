/** The run history as a list: limited in number and in bytes, whatever the runs record. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Checkpoint,
  checkpointFields,
  readCheckpointFields,
} from '../../../functions/sync/catalog/checkpoint.ts';
import {
  addRecord,
  bytesOf,
  maxLength,
  maxNames,
  maxRecords,
  type RunRecord,
  recordedFailure,
  shortened,
} from '../../../functions/sync/catalog/run-record.ts';
import { DriveScanError } from '../../../functions/sync/core/errors.ts';

const nothing = { added: 0, updated: 0, removed: 0, restored: 0, held: 0, parseProblems: 0 };
const failure = {
  class: 'DriveScanError',
  reason: 'dailyLimitExceeded',
  message: 'Drive said 403',
  hint: 'Wait.',
};

function recordOf(number: number, more: Partial<RunRecord> = {}): RunRecord {
  const began = new Date(Date.UTC(2026, 0, 1, number)).toISOString();
  return {
    id: `run-${number}`,
    began,
    mode: 'incremental',
    reason: 'changes since the last run',
    outcome: 'completed',
    counts: { ...nothing, added: 1 },
    cost: { driveCalls: 1, reads: 2, writes: 2, deletes: 0, commits: 1 },
    durationMs: 900,
    problems: [],
    failure: null,
    times: 1,
    last: began,
    ...more,
  };
}
const failed = (number: number, more: Partial<RunRecord['failure']> = {}): RunRecord =>
  recordOf(number, { outcome: 'failed', counts: nothing, failure: { ...failure, ...more } });
const quiet = (number: number, more: Partial<RunRecord> = {}): RunRecord =>
  recordOf(number, { counts: nothing, ...more });
const historyOf = (...records: RunRecord[]) => records.reduce<RunRecord[]>(addRecord, []);

describe('a new record', () => {
  test('comes first, and the oldest is dropped if there are too many', () => {
    const runs = historyOf(...Array.from({ length: maxRecords + 3 }, (_, i) => recordOf(i)));
    expect(runs.length).toBe(20);
    expect([runs[0]?.id, runs.at(-1)?.id]).toEqual(['run-22', 'run-3']);
  });

  test('of the same run replaces the earlier one', () => {
    const first = recordOf(1, { outcome: 'continues' });
    const runs = historyOf(recordOf(0), first, { ...first, outcome: 'completed', durationMs: 5_000 });
    expect(runs.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['run-1', 'completed'],
      ['run-0', 'completed'],
    ]);
    // Also if the record of another run was added in between.
    expect(historyOf(first, recordOf(2), { ...first, outcome: 'failed' }).map(({ id }) => id)).toEqual([
      'run-1',
      'run-2',
    ]);
  });
});

describe('merging records', () => {
  test.each([
    ['failures', failed],
    ['runs that changed nothing', quiet],
  ])('merges %s in a row into one record with their number and the first and last start time', (_, make) => {
    const runs = historyOf(recordOf(0), ...Array.from({ length: 24 }, (_, i) => make(i + 1)));
    expect(runs.length).toBe(2);
    expect(runs[0]).toMatchObject({ id: 'run-24', began: make(1).began, last: make(24).began, times: 24 });
  });

  test('merges failures with the same reason although their messages differ, and keeps the newest message', () => {
    const runs = historyOf(failed(1, { message: 'folder a' }), failed(2, { message: 'folder b' }));
    expect(runs).toMatchObject([{ times: 2, failure: { message: 'folder b' } }]);
  });

  test.each<[string, RunRecord, RunRecord]>([
    ['failures of different classes', failed(1), failed(2, { class: 'CatalogError' })],
    ['failures with different reasons', failed(1), failed(2, { reason: 'quotaExceeded' })],
    [
      'failures without a reason and with different messages',
      failed(1, { reason: null }),
      failed(2, { reason: null, message: 'x' }),
    ],
    ['a failure and one that changed books', failed(1), { ...failed(2), counts: { ...nothing, updated: 3 } }],
    ['a failure and a completed run', failed(1), quiet(2)],
    ['runs that changed books', recordOf(1), recordOf(2)],
    ['runs that continue', quiet(1, { outcome: 'continues' }), quiet(2, { outcome: 'continues' })],
    ['runs of different modes', quiet(1), quiet(2, { mode: 'reconcile' })],
    ['runs with different reasons', quiet(1), quiet(2, { reason: 'a reconcile was requested' })],
    [
      'runs that held different numbers of removals',
      quiet(1),
      quiet(2, { counts: { ...nothing, held: 11 } }),
    ],
  ])('does not merge %s', (_, one, other) => {
    expect(historyOf(one, other)).toEqual([other, one]);
  });
});

describe('size limits', () => {
  test('texts are truncated, the number of names is limited, and all text stays well-formed', () => {
    const long = fc.string({ unit: 'binary', minLength: 0, maxLength: 400 });
    fc.assert(
      fc.property(long, fc.array(long, { maxLength: 9 }), (text, problems) => {
        const { reason, failure, ...record } = shortened(
          recordOf(1, {
            reason: text,
            problems,
            failure: { class: text, reason: text, message: text, hint: text },
          }),
        );
        expect(record.problems.length).toBe(Math.min(maxNames, problems.length));
        for (const name of record.problems) expect(name.length).toBeLessThanOrEqual(maxLength.name);
        for (const cut of [reason, ...Object.values(failure ?? {})]) {
          expect(cut?.length).toBeLessThanOrEqual(maxLength.text);
          expect(Buffer.from(cut ?? '').toString()).toBe(cut);
          if (text.length <= maxLength.name) expect(cut).toBe(text);
        }
      }),
    );
  });

  test('the checkpoint stays within its size limit: it keeps the newest records that fit with the folders', () => {
    const checkpoint: Checkpoint = {
      pageToken: 'token',
      sharedDriveId: null,
      folders: [],
      shortcuts: {},
      listedUntil: null,
      reconciledAt: null,
      reconcileTriedAt: null,
      rules: 1,
      settings: 's',
      books: 0,
      held: null,
      heldUpdates: null,
      runs: Array.from({ length: 20 }, (_, i) => recordOf(20 - i)),
    };
    const each = bytesOf(checkpoint.runs[0]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * each }), (room) => {
        const folders = ['f'.repeat(900_000 - 1 - room)];
        const { runs, pageToken } = checkpointFields(
          { ...checkpoint, folders },
          'w',
        ) as unknown as Checkpoint;
        expect(pageToken).toBe('token');
        expect(bytesOf(folders) + bytesOf(runs)).toBeLessThanOrEqual(900_000);
        const many = Math.min(20, Math.floor(room / each));
        expect(Math.abs(runs.length - many)).toBeLessThanOrEqual(1);
        expect(runs).toEqual(checkpoint.runs.slice(0, runs.length));
      }),
    );
    // If the folders do not fit, they are left out and the history gets all the space.
    const without = checkpointFields({ ...checkpoint, folders: ['f'.repeat(900_000)] }, 'w');
    expect(without).toMatchObject({ pageToken: null, folders: [], runs: checkpoint.runs });
  });

  test('the largest possible history takes less than an eighth of the size limit', () => {
    const wide = '\u4e16'.repeat(500);
    const text = { class: wide, reason: wide, message: wide, hint: wide };
    const largest = shortened(recordOf(1, { reason: wide, problems: Array(9).fill(wide), failure: text }));
    expect(20 * bytesOf(largest)).toBeLessThan(900_000 / 8);
  });
});

describe('reading the stored history', () => {
  const fields = {
    format: 1,
    pageToken: 't',
    driveId: null,
    folders: ['a'],
    shortcuts: {},
    listedUntil: null,
    reconciledAt: null,
    rules: 1,
    settings: 's',
    books: 1,
    held: null,
    heldUpdates: null,
  };
  const runsOf = (runs: unknown) => {
    const read = readCheckpointFields({ ...fields, runs });
    return read.kind === 'checkpoint' ? read.checkpoint.runs : read.why;
  };

  test('returns what was written', () => {
    const runs = historyOf(recordOf(1), failed(2), failed(3));
    expect(runsOf(runs)).toEqual(runs);
  });

  test('returns no records from a checkpoint that is older than the run history', () => {
    expect(readCheckpointFields(fields)).toMatchObject({ checkpoint: { pageToken: 't', runs: [] } });
  });

  test('drops an unreadable history without losing the checkpoint', () => {
    fc.assert(
      fc.property(fc.anything(), (runs) => {
        fc.pre(!(Array.isArray(runs) && runs.length === 0));
        expect(runsOf(runs)).toEqual([]);
      }),
    );
    expect(runsOf([{ ...recordOf(1), times: 'many' }])).toEqual([]);
  });

  test('truncates a list that is too long', () => {
    expect(runsOf(Array.from({ length: 30 }, (_, i) => recordOf(i)))).toHaveLength(20);
  });
});

test('a recorded failure has the values of its log line, also for an unexpected error', () => {
  const error = new DriveScanError('Drive said no', {
    hint: 'Wait.',
    causeName: 'quotaExceeded',
    reason: 'quotaExceeded',
  });
  expect(recordedFailure(error)).toEqual({
    class: 'DriveScanError',
    reason: 'quotaExceeded',
    message: 'Drive said no',
    hint: 'Wait.',
  });
  expect(recordedFailure(new RangeError('too far'))).toMatchObject({ class: 'RangeError', reason: null });
  expect(recordedFailure('thrown')).toMatchObject({ class: 'unknown', message: 'thrown' });
});
