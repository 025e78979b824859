/**
 * The run history: a short record of each run that was not idle, stored in the checkpoint (see ARCHITECTURE.md,
 * "The checkpoint").
 *
 * Pure functions: what a record holds, how the list stays short, and how it is read back.
 */
import * as z from 'zod';
import { messageOf, SyncError } from '../core/errors.ts';

/** The maximum number of records in the checkpoint. The newest are kept. */
export const maxRecords = 20;
/** The maximum number of names of problem files in one record. */
export const maxNames = 5;
/** Texts are truncated to this many characters. */
export const maxLength = { name: 120, text: 300 } as const;

const count = z.number().int().min(0);

const failureSchema = z.object({
  class: z.string(),
  reason: z.string().nullable(),
  message: z.string(),
  hint: z.string(),
});

const recordSchema = z.object({
  id: z.string(),
  began: z.iso.datetime(),
  mode: z.enum(['incremental', 'reconcile']),
  reason: z.string(),
  outcome: z.enum(['completed', 'continues', 'failed']),
  counts: z.object({
    added: count,
    updated: count,
    removed: count,
    restored: count,
    held: count,
    parseProblems: count,
  }),
  cost: z.object({ driveCalls: count, reads: count, writes: count, deletes: count, commits: count }),
  durationMs: count,
  problems: z.array(z.string()),
  failure: failureSchema.nullable(),
  times: z.number().int().min(1),
  last: z.iso.datetime(),
});

/** Why a run failed, with the same values as in its log line. Texts are redacted and truncated. */
export interface Failure {
  class: string;
  reason: string | null;
  message: string;
  hint: string;
}

/**
 * One run that was not idle. An idle run leaves no record, so the newest record is not always of the newest run: if
 * it says that a run failed, idle runs may have completed since.
 */
export interface RunRecord {
  /** Distinguishes the records of overlapping runs. */
  id: string;
  /** When the run began, RFC 3339. If several runs share this record: when the first of them began. */
  began: string;
  mode: 'incremental' | 'reconcile';
  /** Why the run had this mode. */
  reason: string;
  /**
   * "continues": the run was not finished when this was written. It ran out of time, it had a conflict with another
   * run, or it was killed.
   */
  outcome: 'completed' | 'continues' | 'failed';
  counts: {
    added: number;
    updated: number;
    removed: number;
    restored: number;
    /** Removals that the guard holds. */
    held: number;
    parseProblems: number;
  };
  /** The cost up to and including the run's last commit. */
  cost: { driveCalls: number; reads: number; writes: number; deletes: number; commits: number };
  /** From the start of the run to its last commit. */
  durationMs: number;
  /** Names of files that could not be read. */
  problems: string[];
  /** Set if the outcome is "failed". */
  failure: Failure | null;
  /** How many similar runs in a row share this record. All fields but `began` and this one describe the newest. */
  times: number;
  /** When the newest of them began, RFC 3339. */
  last: string;
}

/** The run history as stored. An unreadable history is dropped, so that it never makes the checkpoint unreadable. */
export const runsSchema: z.ZodType<RunRecord[]> = z
  .array(recordSchema)
  .catch([])
  .transform((runs) => runs.slice(0, maxRecords));

/**
 * Adds a record at the front of the history. It replaces an earlier record of the same run, and is merged with the
 * newest record if the two are alike. So twenty failed runs, or twenty runs that changed no book, do not push out all
 * older records.
 */
export function addRecord(runs: readonly RunRecord[], record: RunRecord): RunRecord[] {
  const others = runs.filter(({ id }) => id !== record.id);
  const [newest, ...older] = others;
  const added =
    newest && isAlike(newest, record)
      ? [{ ...record, began: newest.began, times: newest.times + 1 }, ...older]
      : [record, ...others];
  return added.slice(0, maxRecords);
}

function isAlike(a: RunRecord, b: RunRecord): boolean {
  if (a.outcome !== b.outcome || !isQuiet(a) || !isQuiet(b)) return false;
  if (a.outcome === 'completed')
    return a.mode === b.mode && a.reason === b.reason && a.counts.held === b.counts.held;
  if (!a.failure || !b.failure || a.failure.class !== b.failure.class) return false;
  // Messages are compared only if there is no reason: they can name a different folder or time in every run.
  return (
    a.failure.reason === b.failure.reason &&
    (a.failure.reason !== null || a.failure.message === b.failure.message)
  );
}

/** True for a run that changed no book. */
function isQuiet({ counts }: RunRecord): boolean {
  return counts.added + counts.updated + counts.removed + counts.restored === 0;
}

/** The description of an error for a record. The caller must still redact and truncate its texts. */
export function recordedFailure(error: unknown): Failure {
  if (!(error instanceof SyncError))
    return {
      class: error instanceof Error ? error.name : 'unknown',
      reason: null,
      message: messageOf(error),
      hint: 'This error is not expected. Report it with the stack trace from the log.',
    };
  return { class: error.name, reason: error.reason ?? null, message: error.message, hint: error.hint };
}

/** Truncates every text of a record. Call this after redaction, which would not recognize half of a secret. */
export function shortened(record: RunRecord): RunRecord {
  const { failure } = record;
  return {
    ...record,
    reason: cut(record.reason, maxLength.text),
    problems: record.problems.slice(0, maxNames).map((name) => cut(name, maxLength.name)),
    failure: failure && {
      class: cut(failure.class, maxLength.name),
      reason: failure.reason === null ? null : cut(failure.reason, maxLength.name),
      message: cut(failure.message, maxLength.text),
      hint: cut(failure.hint, maxLength.text),
    },
  };
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Do not split a surrogate pair.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}\u2026`;
}

/** The newest records that fit in this many bytes. */
export function fitting(runs: readonly RunRecord[], bytes: number): RunRecord[] {
  const kept: RunRecord[] = [];
  let total = 0;
  for (const record of runs.slice(0, maxRecords)) {
    total += bytesOf(record);
    if (total > bytes) break;
    kept.push(record);
  }
  return kept;
}

/**
 * The size of a value in bytes, as Firestore counts it: a string is its UTF-8 bytes plus one, a number is 8, and a
 * map is the sum of its names and values.
 */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 1;
  if (typeof value === 'number') return 8;
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + bytesOf(item), 0);
  if (value === null || typeof value !== 'object') return 1;
  return Object.entries(value).reduce((sum, [name, item]) => sum + bytesOf(name) + bytesOf(item), 0);
}
