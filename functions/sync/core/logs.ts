/**
 * Every line this program logs, one named function each.
 *
 * The message texts are a contract (docs/catalog.md): other tools search for them. The `event` field names a
 * line for machines: log metrics and alerts filter on it, never on the text.
 */
import { messageOf, SyncError } from './errors.ts';
import { multiLine, oneLine } from './printable.ts';
import type { Redact } from './redact.ts';
import type { Usage } from './usage.ts';

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogEntry {
  severity: Severity;
  message: string;
  event: string;
  [field: string]: unknown;
}

/** How a line names the book it is about. */
export interface BookRef {
  title: string;
  docId: string;
  fileId: string;
}

export type FieldChanges = Record<string, { from: unknown; to: unknown }>;

/** What a run did so far. */
export interface Progress {
  added: number;
  updated: number;
  removed: number;
  restored: number;
  parseProblems: number;
  usage: Usage;
  durationMs: number;
}

/** What a run did, for its last line. */
export interface RunReport extends Progress {
  mode: 'incremental' | 'reconcile';
  /** Why the run was of this mode. */
  reason: string;
  held: number;
  heldUpdates: number;
  /** Books in the catalog after the run. */
  books: number;
}

export type Logs = ReturnType<typeof createLogs>;

/**
 * The log of a run.
 *
 * @param write takes each finished entry; see `jsonLines` and `textLines`
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
      log('INFO', 'run_continues', `The run has used up its time; what it wrote stays, and ${continuation}`, {
        ...progress,
        ...usage,
      }),
    runInterrupted: ({ usage, ...progress }: Progress) =>
      log(
        'WARNING',
        'run_interrupted',
        'The run was ended before it was done; what it wrote stays, and the next run goes on',
        {
          ...progress,
          ...usage,
        },
      ),
    checkpointConflict: (tries: number) =>
      log('INFO', 'run_overtaken', 'Another run moved the checkpoint meanwhile', { tries }),
    removalsHeld: (held: { count: number; limit: number; books: number; sample: string[] }) =>
      log(
        'ERROR',
        'removals_held',
        `Holding ${held.count} removals: more than ${held.limit} of ${held.books} books would leave the catalog. If that is right, approve them by publishing a message to the topic with the attribute approve_removals=${held.count}; if not, put the files back into the Drive folder`,
        held,
      ),
    updatesHeld: (held: { count: number; limit: number; books: number; sample: string[] }) =>
      log(
        'ERROR',
        'updates_held',
        `Holding ${held.count} updates: newer rules for metadata would change more than ${held.limit} of ${held.books} books whose files are as they were. See the effect with npm run preview; if it is right, approve them by publishing a message to the topic with the attribute approve_updates=${held.count}`,
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
        `No more content is read in this run, the names of the files alone count: ${why}`,
        { why, hint },
      ),
    duplicateDocuments: (fileId: string, current: string, other: string) =>
      log(
        'WARNING',
        'duplicate_documents',
        `Two documents stand for one file: ${current} is kept up to date, ${other} is left alone; delete the one you do not need`,
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
        `Shortcut ${oneLine(name)} leads nowhere: its target is gone, in the trash, or not shared with us`,
        { name, shortcutId, targetId },
      ),
    incompleteEntry: (id: string | undefined, missing: string[]) =>
      log(
        'WARNING',
        'incomplete_entry',
        `Drive answered an entry without ${missing.join(', ')}; it is passed over in this run`,
        { id, missing },
      ),
    scanIncomplete: (folderId: string, why: string) =>
      log(
        'WARNING',
        'scan_incomplete',
        'The library could not be listed whole: this run adds and updates, removes nothing, and the next one lists again',
        { folderId, why },
      ),
    checkpointUnreadable: (why: string) =>
      log(
        'WARNING',
        'checkpoint_unreadable',
        'The checkpoint cannot be used; the whole library is compared instead',
        { why },
      ),
    retrying: (operation: string, attempt: number, delayMs: number, error: unknown) =>
      log('INFO', 'retrying', `Trying ${operation} again in ${Math.round(delayMs)} ms`, {
        operation,
        attempt,
        delayMs: Math.round(delayMs),
        ...errorFields(error),
      }),
    unexpectedEvent: (what: string, requested: readonly string[]) =>
      log(
        'WARNING',
        'odd_event',
        `The event is not as expected: ${what}. The run goes ahead ${requested.length === 0 ? 'as a scheduled one' : `with ${requested.join(', ')}`}`,
        { what, requested },
      ),
    eventSkipped: (ageMinutes: number, limitMinutes: number, asked: string[]) =>
      log(
        'WARNING',
        'event_skipped',
        `Skipped an event that is ${ageMinutes} minutes old: the limit is ${limitMinutes}, and ${
          asked.length === 0
            ? 'the next tick does its work'
            : `no other tick does what it asked for; publish it again: ${asked.join(', ')}`
        }`,
        { ageMinutes, limitMinutes, asked },
      ),
  };
}

function ref({ title, docId, fileId }: BookRef): Record<string, unknown> {
  return { title, docId, driveId: fileId };
}

/** What an error says of itself, field by field. Stack traces only of errors nobody foresaw. */
function errorFields(error: unknown): Record<string, unknown> {
  if (error instanceof SyncError) {
    const { name, hint, retryable, reason } = error;
    const cause = error.cause === undefined ? undefined : messageOf(error.cause);
    return { error: name, hint, retryable, reason, cause };
  }
  if (error instanceof Error) return { error: error.name, stack: error.stack };
  return { error: 'unknown' };
}

/** Writes entries as Cloud Logging reads them from standard output: one JSON object a line. */
export function jsonLines(out: (line: string) => void): (entry: LogEntry) => void {
  return (entry) => out(`${JSON.stringify(entry)}\n`);
}

/** Writes entries for a person at a terminal. */
export function textLines(out: (line: string) => void): (entry: LogEntry) => void {
  return ({ severity, message, hint }) => {
    const line = severity === 'INFO' || severity === 'DEBUG' ? message : `${severity}: ${message}`;
    out(`${multiLine(line)}\n`);
    if (typeof hint === 'string' && severity === 'ERROR') out(`  What to do: ${multiLine(hint)}\n`);
  };
}
