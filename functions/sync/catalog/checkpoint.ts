/** The checkpoint: what the last run knew about the library when the catalog was in sync with it. */
import type { Timestamp } from 'firebase-admin/firestore';
import * as z from 'zod';
import { bytesOf, fitting, type RunRecord, runsSchema } from './run-record.ts';

/** Increase this when the shape below changes. A checkpoint in another format makes a run reconcile. */
const format = 1;

/** Changes that wait for a person's approval: how many, and since when (RFC 3339). */
export interface Held {
  count: number;
  since: string;
}

export interface Checkpoint {
  /**
   * The page token from which the next run reads the changes feed. Null until a reconcile has completed, and while
   * the folders do not fit in one document; see `checkpointFields`.
   */
  pageToken: string | null;
  /** The shared drive that the changes feed belongs to; null if the library is not in a shared drive. */
  sharedDriveId: string | null;
  /** Every folder of the library, including the root. */
  folders: string[];
  /** Shortcut id -> id of its target file or folder. */
  shortcuts: Record<string, string>;
  /** When the last listing of folders ended, RFC 3339. What changed during that listing may have been missed. */
  listedUntil: string | null;
  /** When the last reconcile ended, RFC 3339. */
  reconciledAt: string | null;
  /** When a due reconcile was last deferred, RFC 3339. Null if none was deferred since the last reconcile. */
  reconcileTriedAt: string | null;
  /** The version of the file-name rules that the catalog was made with. */
  rules: number;
  /** A fingerprint of the settings that the catalog was made with. Other settings require a reconcile. */
  settings: string;
  /** The number of books in the catalog, without those marked as removed. */
  books: number;
  /** Removals that the guard holds. */
  held: Held | null;
  /** Updates that the guard holds because only newer metadata rules require them. */
  heldUpdates: Held | null;
  /** The run history: records of the last runs that were not idle, newest first. No decision depends on it. */
  runs: RunRecord[];
}

/** A checkpoint as stored, with the precondition for replacing it. */
export interface StoredCheckpoint {
  checkpoint: Checkpoint | undefined;
  /** Undefined if the document does not exist yet. */
  updateTime: Timestamp | undefined;
  /** Who wrote it last. A run recognizes its own commits by this value. */
  writer: string | undefined;
  /** Why `checkpoint` is undefined although the document exists. */
  unreadable: string | undefined;
}

/** The limit for folders, shortcuts and run history together: a safe margin below Firestore's 1 MiB per document. */
const maxBytes = 900_000;

const heldSchema = z.object({ count: z.number(), since: z.string() });

const schema = z.object({
  format: z.literal(format),
  pageToken: z.string().min(1).nullable(),
  /** Stored under the name that the Drive API uses for the id of a shared drive. */
  driveId: z.string().nullable(),
  folders: z.array(z.string()),
  shortcuts: z.record(z.string(), z.string()),
  listedUntil: z.iso.datetime().nullable(),
  reconciledAt: z.iso.datetime().nullable(),
  // Absent in checkpoints written before a reconcile could be deferred.
  reconcileTriedAt: z.iso.datetime().nullable().default(null),
  rules: z.number(),
  settings: z.string(),
  books: z.number().int().min(0),
  held: heldSchema.nullable(),
  // Absent in checkpoints written before the guard for updates existed.
  heldUpdates: heldSchema.nullable().default(null),
  runs: runsSchema,
});

/** Reads the fields of a checkpoint document. Returns the checkpoint, or why the fields are not a valid one. */
export function readCheckpointFields(
  fields: unknown,
): { kind: 'checkpoint'; checkpoint: Checkpoint } | { kind: 'unreadable'; why: string } {
  const parsed = schema.safeParse(fields);
  if (!parsed.success)
    return {
      kind: 'unreadable',
      why: `invalid fields: ${[...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ')}`,
    };
  const { format: _, driveId: sharedDriveId, ...rest } = parsed.data;
  return { kind: 'checkpoint', checkpoint: { ...rest, sharedDriveId } };
}

/**
 * The fields to store. If the folders and shortcuts do not fit in one document, they and the page token are left out:
 * every run then reconciles, which is correct but costs more. The run history gets the space that is left.
 */
export function checkpointFields(checkpoint: Checkpoint, writer: string): Record<string, unknown> {
  const feed = fits(checkpoint) ? {} : { pageToken: null, folders: [], shortcuts: {} };
  const stored = { ...checkpoint, ...feed };
  const { sharedDriveId: driveId, ...fields } = stored;
  return { format, ...fields, driveId, runs: fitting(stored.runs, roomForRuns(stored)), writer };
}

/** Whether the folders and shortcuts fit in one document. Firestore counts a string as its UTF-8 bytes plus one. */
export function fits(checkpoint: Checkpoint): boolean {
  return feedBytes(checkpoint) <= maxBytes;
}

/** How many bytes are left for the run history. */
export function roomForRuns(checkpoint: Checkpoint): number {
  return Math.max(0, maxBytes - feedBytes(checkpoint));
}

function feedBytes({ folders, shortcuts }: Checkpoint): number {
  return bytesOf(folders) + bytesOf(shortcuts);
}
