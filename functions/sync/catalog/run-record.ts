/**
 * The run history: a short record of each run that did something, kept in the checkpoint (DESIGN.md section 5).
 *
 * Pure: what a record holds, how a list of them stays short, how it is read back.
 */
import * as z from 'zod';
import { messageOf, SyncError } from '../core/errors.ts';

/** The most records the checkpoint keeps, newest first. */
export const maxRecords = 20;
/** The most names of files with a problem in one record. */
export const maxNames = 5;
/** Texts are cut to this many characters. */
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

/** Why a run failed, as its line in the log says it; texts are redacted and cut. */
export interface Failure {
  class: string;
  reason: string | null;
  message: string;
  hint: string;
}

/**
 * One run that did something. An idle run leaves none, so the newest record is not always of the newest run: where it
 * says that a run failed, idle runs may have come to their end since.
 */
export interface RunRecord {
  /** Tells the records of runs that overlap apart. */
  id: string;
  /** When the run began, RFC 3339; of several alike, the first one. */
  began: string;
  mode: 'incremental' | 'reconcile';
  /** Why the run was of this mode. */
  reason: string;
  /** "continues": not at its end when this was written. Its time was over, another one overtook it, or it was killed. */
  outcome: 'completed' | 'continues' | 'failed';
  counts: {
    added: number;
    updated: number;
    removed: number;
    restored: number;
    /** Removals that wait for a person. */
    held: number;
    parseProblems: number;
  };
  /** As known at the run's last commit, which is counted in. */
  cost: { driveCalls: number; reads: number; writes: number; deletes: number; commits: number };
  /** Until the run's last commit. */
  durationMs: number;
  /** Names of files that could not be read. */
  problems: string[];
  /** Set where the outcome is "failed". */
  failure: Failure | null;
  /** How many runs in a row failed like this; all else is the newest one's. */
  times: number;
  /** When the newest of them began, RFC 3339. */
  last: string;
}

/** The history as stored; what cannot be read is dropped, because the checkpoint must not be lost for it. */
export const runsSchema: z.ZodType<RunRecord[]> = z
  .array(recordSchema)
  .catch([])
  .transform((runs) => runs.slice(0, maxRecords));

/**
 * The history with this record in front: in place of an earlier one of the same run, or joined with the newest where
 * both tell the same. So neither twenty failed hours nor twenty quiet ones push out everything before.
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
  // A message may name another folder or time every hour.
  return (
    a.failure.reason === b.failure.reason &&
    (a.failure.reason !== null || a.failure.message === b.failure.message)
  );
}

/** True for a run that changed no book. */
function isQuiet({ counts }: RunRecord): boolean {
  return counts.added + counts.updated + counts.removed + counts.restored === 0;
}

/** What a record says of an error. Its texts still have to be redacted and cut. */
export function recordedFailure(error: unknown): Failure {
  if (!(error instanceof SyncError))
    return {
      class: error instanceof Error ? error.name : 'unknown',
      reason: null,
      message: messageOf(error),
      hint: 'This is not expected. The log has the stack trace: report it.',
    };
  return { class: error.name, reason: error.reason ?? null, message: error.message, hint: error.hint };
}

/** The record with every text short enough. After redaction: half a secret is no longer known as one. */
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
  // Not between the two halves of a character.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}\u2026`;
}

/** As many of the newest records as fit so many bytes. */
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

/** The size of a value as Firestore counts it: text is its bytes and one, a number 8, a map its names and values. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 1;
  if (typeof value === 'number') return 8;
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + bytesOf(item), 0);
  if (value === null || typeof value !== 'object') return 1;
  return Object.entries(value).reduce((sum, [name, item]) => sum + bytesOf(name) + bytesOf(item), 0);
}
