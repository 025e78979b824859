import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetadataError, NetworkError } from '../../../functions/sync/core/errors.ts';
import {
  createLogs,
  jsonLines,
  type LogEntry,
  type Logs,
  textLines,
} from '../../../functions/sync/core/logs.ts';
import { createRedactor } from '../../../functions/sync/core/redact.ts';
import { createMeter, usageOf } from '../../../functions/sync/core/usage.ts';

function capture(call: (logs: Logs) => void): LogEntry {
  const entries: LogEntry[] = [];
  call(createLogs((entry) => entries.push(entry), createRedactor([])));
  expect(entries).toHaveLength(1);
  return entries[0] as LogEntry;
}

const book = { title: 'Emma', docId: 'doc', fileId: 'drive' };
const report = {
  mode: 'incremental',
  reason: 'r',
  added: 1,
  updated: 2,
  removed: 3,
  restored: 4,
  held: 0,
  heldUpdates: 0,
  parseProblems: 0,
  books: 9,
  durationMs: 5,
} as const;

/** The message texts that other tools search for (docs/catalog.md). */
test.each<[string, string, string, (logs: Logs) => void]>([
  ['Added new book: Emma', 'INFO', 'book_added', (logs) => logs.bookAdded(book)],
  ['Updated book: Emma', 'INFO', 'book_updated', (logs) => logs.bookUpdated(book, {})],
  ['Removed book: Emma', 'INFO', 'book_removed', (logs) => logs.bookRemoved(book, 'mark')],
  ['Restored book: Emma', 'INFO', 'book_restored', (logs) => logs.bookRestored(book, {})],
  [
    'Error parsing file x.pdf: no author',
    'WARNING',
    'parse_error',
    (logs) =>
      logs.parseProblem(
        'x.pdf',
        'drive',
        new MetadataError('no author', { hint: 'h', causeName: 'noAuthor' }),
      ),
  ],
  [
    'Synchronization completed successfully',
    'INFO',
    'run_completed',
    (logs) => logs.runCompleted({ ...report, usage: usageOf(createMeter()) }),
  ],
  [
    'Synchronization failed: cut',
    'ERROR',
    'run_failed',
    (logs) => logs.runFailed(new NetworkError('cut', { hint: 'h', causeName: 'network', retryable: true })),
  ],
])('logs "%s"', (message, severity, event, call) => {
  expect(capture(call)).toMatchObject({ message, severity, event });
});

test('the last line of a run contains its counts, calls, reads, writes, and duration', () => {
  const usage = { driveCalls: 1, driveUnits: 100, reads: 2, writes: 3, deletes: 4, commits: 5 };
  expect(capture((logs) => logs.runCompleted({ ...report, usage }))).toMatchObject({ ...report, ...usage });
  const { added, updated, removed, restored, parseProblems, durationMs } = report;
  const progress = { added, updated, removed, restored, parseProblems, durationMs };
  expect(
    capture((logs) => logs.runContinues('the next scheduled run continues', { ...progress, usage })),
  ).toMatchObject({
    event: 'run_continues',
    severity: 'INFO',
    ...progress,
    ...usage,
  });
});

test('a failure is logged with its class, its hint, and whether a retry can help', () => {
  const error = new NetworkError('cut', {
    causeName: 'network',
    hint: 'wait',
    retryable: true,
    reason: 'ECONNRESET',
    cause: new Error('socket'),
  });
  expect(capture((logs) => logs.runFailed(error))).toMatchObject({
    error: 'NetworkError',
    hint: 'wait',
    retryable: true,
    reason: 'ECONNRESET',
    cause: 'socket',
  });
});

test('for any title, an entry is one line of valid JSON, and no control character reaches a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (title) => {
      const entry = capture((logs) => logs.bookAdded({ ...book, title }));
      let json = '';
      jsonLines((line) => {
        json += line;
      })(entry);
      expect(json.match(/\n/g)).toHaveLength(1);
      expect(JSON.parse(json)).toMatchObject({ event: 'book_added' });
      let text = '';
      textLines((line) => {
        text += line;
      })(entry);
      expect(text.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
    { examples: [['a\nSynchronization completed successfully'], ['\u001b[2J'], ['\u202egnp.pdf']] },
  );
});
