/** Formats a run for a person: its log lines, the catalog, the cost. */
import Table from 'cli-table3';
import type { DocumentData } from 'firebase-admin/firestore';
import type { LogEntry, RunReport } from '../../sync/core/logs.ts';
import { textLines } from '../../sync/core/logs.ts';
import { oneLine } from '../../sync/core/redact.ts';
import type { Usage } from '../../sync/core/usage.ts';
import { pc } from './colors.ts';

/** Parses one line of the function's output. Returns undefined if it is not a log entry. */
export function readLogLine(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry?.event === 'string' && typeof entry.message === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

const severityColors = { DEBUG: pc.dim, INFO: (text: string) => text, WARNING: pc.yellow, ERROR: pc.red };

/** Formats one log entry. */
export function formatEntry(entry: LogEntry): string {
  let text = '';
  textLines((line) => {
    text += line;
  })(entry);
  return severityColors[entry.severity](text.trimEnd());
}

/** Formats the catalog as a table sorted by title, without removed books. */
export function formatCatalog(books: DocumentData[]): string {
  const names = ['Title', 'Author', 'Year', 'File'].map((head) => ({ head }));
  const table = createTable([...names, { head: 'KB', align: 'right' }]);
  const shown = books
    .filter((book) => !book.removed_date)
    .sort((a, b) => String(a.title).localeCompare(String(b.title)));
  for (const book of shown) {
    table.push([
      cell(book.title, 44),
      cell(book.author ?? '-', 28),
      book.year ?? '-',
      cell(book.original_filename, 56),
      (Number(book.size_bytes) / 1024).toFixed(1),
    ]);
  }
  return table.toString();
}

/** Formats the cost of a run on one line. */
export function formatCost(
  { driveCalls, driveUnits, reads, writes, deletes }: Usage,
  durationMs: number,
): string {
  const counts = [
    count(driveCalls, 'Drive call'),
    `${driveUnits} quota units`,
    count(reads, 'Firestore read'),
    count(writes, 'write'),
  ];
  if (deletes > 0) counts.push(count(deletes, 'delete'));
  return `${counts.join(', ')}, ${(durationMs / 1000).toFixed(2)} s`;
}

/** Formats what a run did on one line. */
export function formatCounts({
  mode,
  added,
  updated,
  removed,
  restored,
}: Pick<RunReport, 'added' | 'updated' | 'removed' | 'restored'> & { mode: string }): string {
  return `${mode}: ${added} added, ${updated} updated, ${removed} removed, ${restored} restored`;
}

/** Formats a number with its noun: `1 write`, `2 writes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Reduces a value to one short line for a table cell. File names can contain any character. */
export function cell(value: unknown, width: number): string {
  const text = oneLine(String(value));
  const characters = [...text];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : text;
}

const inWords = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** Formats a time relative to now: "5 minutes ago", "in 3 hours". */
export function ago(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return inWords.format(Math.round(seconds), 'second');
  if (size < 3_600) return inWords.format(Math.round(seconds / 60), 'minute');
  if (size < 172_800) return inWords.format(Math.round(seconds / 3_600), 'hour');
  return inWords.format(Math.round(seconds / 86_400), 'day');
}

export interface Column {
  head: string;
  /** How its cells are aligned. Default: `left`. */
  align?: 'left' | 'right';
}

/** Creates an empty table. There are no lines between its rows, because a library has many rows. */
export function createTable(columns: readonly Column[]): Table.Table {
  return new Table({
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    head: columns.map(({ head }) => head),
    style: { head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
  });
}
