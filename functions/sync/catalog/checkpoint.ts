/** The checkpoint: what the last run knew when it had made the catalog true. */
import type { Timestamp } from 'firebase-admin/firestore';
import * as z from 'zod';
import { bytesOf, fitting, type RunRecord, runsSchema } from './run-record.ts';

/** Raised when the shape below changes; a checkpoint of another format makes a run reconcile. */
const format = 1;

/** What waits for a person: how many, and since when (RFC 3339). */
export interface Held {
  count: number;
  since: string;
}

export interface Checkpoint {
  /** Where the changes feed goes on. Null until a reconcile has come to its end. */
  pageToken: string | null;
  /** The shared drive the feed belongs to, if the library is in one. */
  sharedDriveId: string | null;
  /** Every folder of the library, the root included. */
  folders: string[];
  /** Shortcut id -> the file or folder it stands for. */
  shortcuts: Record<string, string>;
  /** Until when folders were last being listed, RFC 3339: what changed in that time may have been missed. */
  listedUntil: string | null;
  /** When the last reconcile ended, RFC 3339. */
  reconciledAt: string | null;
  /** When a reconcile that was due last had to be put off, RFC 3339; null where none was since the last one. */
  reconcileTriedAt: string | null;
  /** The version of the file-name rules the catalog was made with. */
  rules: number;
  /** The settings the catalog was made with; other settings want a reconcile. */
  settings: string;
  /** Books in the catalog that are in the library. */
  books: number;
  /** Removals the guard holds back. */
  held: Held | null;
  /** Updates that newer rules alone ask for, held back likewise. */
  heldUpdates: Held | null;
  /** What the last runs that did something did, newest first. Decides nothing. */
  runs: RunRecord[];
}

/** A checkpoint as found, with the precondition for replacing it. */
export interface StoredCheckpoint {
  checkpoint: Checkpoint | undefined;
  /** Undefined where there is no document yet. */
  updateTime: Timestamp | undefined;
  /** Who wrote it last: a run knows its own writes by this. */
  writer: string | undefined;
  /** Why `checkpoint` is undefined although a document is there. */
  unreadable: string | undefined;
}

/** Folders, shortcuts and history past this many bytes do not fit Firestore's 1 MiB document with certainty. */
const maxBytes = 900_000;

const heldSchema = z.object({ count: z.number(), since: z.string() });

const schema = z.object({
  format: z.literal(format),
  pageToken: z.string().min(1).nullable(),
  /** Stored under the name that Drive gives a shared drive's id. */
  driveId: z.string().nullable(),
  folders: z.array(z.string()),
  shortcuts: z.record(z.string(), z.string()),
  listedUntil: z.iso.datetime().nullable(),
  reconciledAt: z.iso.datetime().nullable(),
  // Absent in a checkpoint from before one could be put off.
  reconcileTriedAt: z.iso.datetime().nullable().default(null),
  rules: z.number(),
  settings: z.string(),
  books: z.number().int().min(0),
  held: heldSchema.nullable(),
  // Absent in a checkpoint from before there was such a guard.
  heldUpdates: heldSchema.nullable().default(null),
  runs: runsSchema,
});

/** Reads the fields of a checkpoint document: a checkpoint, or why it is none. */
export function readCheckpointFields(
  fields: unknown,
): { kind: 'checkpoint'; checkpoint: Checkpoint } | { kind: 'unreadable'; why: string } {
  const parsed = schema.safeParse(fields);
  if (!parsed.success)
    return {
      kind: 'unreadable',
      why: `fields not as expected: ${[...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ')}`,
    };
  const { format: _, driveId: sharedDriveId, ...rest } = parsed.data;
  return { kind: 'checkpoint', checkpoint: { ...rest, sharedDriveId } };
}

/**
 * The fields to store. A library whose folders do not fit one document is kept without its feed: every run then
 * reconciles, which is right, only dearer. The history gets the room that is left.
 */
export function checkpointFields(checkpoint: Checkpoint, writer: string): Record<string, unknown> {
  const feed = fits(checkpoint) ? {} : { pageToken: null, folders: [], shortcuts: {} };
  const stored = { ...checkpoint, ...feed };
  const { sharedDriveId: driveId, ...fields } = stored;
  return { format, ...fields, driveId, runs: fitting(stored.runs, roomForRuns(stored)), writer };
}

/** Whether the folders and shortcuts fit one document (Firestore counts a string as its bytes and one). */
export function fits(checkpoint: Checkpoint): boolean {
  return feedBytes(checkpoint) <= maxBytes;
}

/** The bytes that the run history may take. */
export function roomForRuns(checkpoint: Checkpoint): number {
  return Math.max(0, maxBytes - feedBytes(checkpoint));
}

function feedBytes({ folders, shortcuts }: Checkpoint): number {
  return bytesOf(folders) + bytesOf(shortcuts);
}
