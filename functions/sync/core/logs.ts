/**
 * Every line this program logs, with one function per line.
 *
 * Seven of the message texts are a contract (docs/catalog.md): other tools search for them. The `event` field
 * identifies a line for machines: log-based metrics and alerts filter on it, never on the text.
 */
import { messageOf, SyncError } from './errors.ts';
import { multiLine, oneLine, type Redact } from './redact.ts';
import type { Usage } from './usage.ts';

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogEntry {
  severity: Severity;
  message: string;
  event: string;
  [field: string]: unknown;
}

/** Identifies the book that a line is about. */
export interface BookRef {
  title: string;
  docId: string;
  fileId: string;
}

export type FieldChanges = Record<string, { from: unknown; to: unknown }>;

/** What a run has done so far. */
export interface Progress {
  added: number;
  updated: number;
  removed: number;
  restored: number;
  parseProblems: number;
  usage: Usage;
  durationMs: number;
}

/** What a run did, for its last log line. */
export interface RunReport extends Progress {
  mode: 'incremental' | 'reconcile';
  /** Why the run used this mode. */
  reason: string;
  held: number;
  heldUpdates: number;
  /** Books in the catalog after the run. */
  books: number;
}

export type Logs = ReturnType<typeof createLogs>;

/**
 * Creates the log of a run.
 *
 * @param write receives each finished entry; see `jsonLines` and `textLines`
 * @param redact applied to every field of every entry
 */
export function createLogs(write: (entry: LogEntry) => void, redact: Redact) {
  function log(
    severity: Severity,
    event: string,
    message: string,
    fields: Record<string, unknown> = {},
  ): void {
    write(redact({ severity, message, event, ...fields }) as LogEntry);
  }

  return {
    runStarted: (mode: string, reason: string) =>
      log('INFO', 'run_started', `Synchronization started: ${mode}`, { mode, reason }),
    modeChanged: (mode: string, reason: string) =>
      log('INFO', 'mode_changed', `Switched to ${mode}: ${reason}`, { mode, reason }),
    bookAdded: (book: BookRef) =>
      log('INFO', 'book_added', `Added new book: ${oneLine(book.title)}`, ref(book)),
    bookUpdated: (book: BookRef, changes: FieldChanges) =>
      log('INFO', 'book_updated', `Updated book: ${oneLine(book.title)}`, { ...ref(book), changes }),
    bookRemoved: (book: BookRef, mode: string) =>
      log('INFO', 'book_removed', `Removed book: ${oneLine(book.title)}`, { ...ref(book), mode }),
    bookRestored: (book: BookRef, changes: FieldChanges) =>
      log('INFO', 'book_restored', `Restored book: ${oneLine(book.title)}`, { ...ref(book), changes }),
    parseProblem: (name: string, fileId: string, error: Error) =>
      log('WARNING', 'parse_error', `Error parsing file ${oneLine(name)}: ${error.message}`, {
        name,
        driveId: fileId,
        ...errorFields(error),
      }),
    runCompleted: ({ usage, ...report }: RunReport) =>
      log('INFO', 'run_completed', 'Synchronization completed successfully', { ...report, ...usage }),
    runFailed: (error: unknown, usage?: Usage) =>
      log('ERROR', 'run_failed', `Synchronization failed: ${messageOf(error)}`, {
        ...errorFields(error),
        ...usage,
      }),
    runContinues: (continuation: string, { usage, ...progress }: Progress) =>
      log(
        'INFO',
        'run_continues',
        `The run reached its time limit; committed changes are kept, and ${continuation}`,
        {
          ...progress,
          ...usage,
        },
      ),
    runInterrupted: ({ usage, ...progress }: Progress) =>
      log(
        'WARNING',
        'run_interrupted',
        'The run was interrupted; committed changes are kept, and the next run continues',
        {
          ...progress,
          ...usage,
        },
      ),
    checkpointConflict: (tries: number) =>
      log('INFO', 'run_overtaken', 'Another run updated the checkpoint during this run', { tries }),
    removalsHeld: (held: { count: number; limit: number; books: number; sample: string[] }) =>
      log(
        'ERROR',
        'removals_held',
        `Holding ${held.count} ${held.count === 1 ? 'removal' : 'removals'}: more than ${held.limit} of ${held.books} books would be removed from the catalog. To approve the removals, publish a message to the topic with the attribute approve_removals=${held.count}. If they are a mistake, move the files back into the Drive folder`,
        held,
      ),
    updatesHeld: (held: { count: number; limit: number; books: number; sample: string[] }) =>
      log(
        'ERROR',
        'updates_held',
        `Holding ${held.count} ${held.count === 1 ? 'update' : 'updates'}: newer metadata rules would change more than ${held.limit} of ${held.books} books whose files did not change. To see the effect, run npm run preview. To approve the updates, publish a message to the topic with the attribute approve_updates=${held.count}`,
        held,
      ),
    contentUnreadable: (
      name: string,
      fileId: string,
      why: string,
      cost: { requests?: number; bytes?: number },
    ) =>
      log(
        'WARNING',
        'content_unreadable',
        `The content of ${oneLine(name)} cannot be read: ${oneLine(why)}`,
        {
          name,
          driveId: fileId,
          why,
          requests: cost.requests,
          bytes: cost.bytes,
        },
      ),
    embeddedOff: (why: string, hint: string) =>
      log(
        'WARNING',
        'embedded_off',
        `Stopped reading file content for the rest of this run; only file names are used: ${why}`,
        { why, hint },
      ),
    duplicateDocuments: (fileId: string, current: string, other: string) =>
      log(
        'WARNING',
        'duplicate_documents',
        `Two documents refer to the same file: ${current} is kept up to date, ${other} is left alone. Delete the one you do not need`,
        {
          driveId: fileId,
          current,
          other,
        },
      ),
    danglingShortcut: (name: string, shortcutId: string, targetId: string | undefined) =>
      log(
        'WARNING',
        'dangling_shortcut',
        `Broken shortcut ${oneLine(name)}: its target was deleted, is in the trash, or is not shared with this account`,
        { name, shortcutId, targetId },
      ),
    incompleteEntry: (id: string | undefined, missing: string[]) =>
      log(
        'WARNING',
        'incomplete_entry',
        `Drive returned an entry with missing or invalid fields (${missing.join(', ')}); it is skipped in this run`,
        { id, missing },
      ),
    scanIncomplete: (folderId: string, why: string) =>
      log(
        'WARNING',
        'scan_incomplete',
        'The library listing is incomplete: this run adds and updates books but removes none, and the next run lists again',
        { folderId, why },
      ),
    checkpointUnreadable: (why: string) =>
      log(
        'WARNING',
        'checkpoint_unreadable',
        'The checkpoint cannot be used; this run reconciles the whole library instead',
        { why },
      ),
    retrying: (operation: string, attempt: number, delayMs: number, error: unknown) =>
      log('INFO', 'retrying', `Retrying in ${Math.round(delayMs)} ms: ${operation}`, {
        operation,
        attempt,
        delayMs: Math.round(delayMs),
        ...errorFields(error),
      }),
    unexpectedEvent: (what: string, requested: readonly string[]) =>
      log(
        'WARNING',
        'odd_event',
        `Unexpected event: ${what}. The run continues ${requested.length === 0 ? 'as a scheduled run' : `with ${requested.join(', ')}`}`,
        { what, requested },
      ),
    eventSkipped: (ageMinutes: number, limitMinutes: number, requested: string[]) =>
      log(
        'WARNING',
        'event_skipped',
        `Skipped an event that is ${ageMinutes} minutes old (limit: ${limitMinutes}). ${
          requested.length === 0
            ? 'The next scheduled run does its work'
            : `No other run does what it requested. Publish it again: ${requested.join(', ')}`
        }`,
        { ageMinutes, limitMinutes, asked: requested },
      ),
  };
}

function ref({ title, docId, fileId }: BookRef): Record<string, unknown> {
  return { title, docId, driveId: fileId };
}

/** The log fields of an error. Only unexpected errors include a stack trace. */
function errorFields(error: unknown): Record<string, unknown> {
  if (error instanceof SyncError) {
    const { name, hint, retryable, reason } = error;
    const cause = error.cause === undefined ? undefined : messageOf(error.cause);
    return { error: name, hint, retryable, reason, cause };
  }
  if (error instanceof Error) return { error: error.name, stack: error.stack };
  return { error: 'unknown' };
}

/** Writes entries in the format that Cloud Logging reads from standard output: one JSON object per line. */
export function jsonLines(out: (line: string) => void): (entry: LogEntry) => void {
  return (entry) => out(`${JSON.stringify(entry)}\n`);
}

/** Writes entries as text for a terminal. */
export function textLines(out: (line: string) => void): (entry: LogEntry) => void {
  return ({ severity, message, hint }) => {
    const line = severity === 'INFO' || severity === 'DEBUG' ? message : `${severity}: ${message}`;
    out(`${multiLine(line)}\n`);
    if (typeof hint === 'string' && severity === 'ERROR') out(`  What to do: ${multiLine(hint)}\n`);
  };
}
