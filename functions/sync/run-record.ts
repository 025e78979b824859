/**
 * The run history: a short record of each run that did something, kept in the checkpoint (DESIGN.md section 5).
 *
 * Pure: what a record holds, how a list of them stays short, how one is read back.
 */
import * as z from 'zod';

/** The most records the checkpoint keeps, newest first. */
export const mostRecords = 20;
/** The most names of files with a problem in one record. */
export const mostNames = 5;
/** Texts are cut to this many characters. */
export const longest = { name: 120, text: 300 } as const;

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
  .transform((runs) => runs.slice(0, mostRecords));
