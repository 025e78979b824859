/** What a person sees of a run: its log lines, the catalog, the cost. */
import type { DocumentData } from 'firebase-admin/firestore';
import type { LogEntry, RunReport } from '../../sync/core/logs.ts';
import { textLines } from '../../sync/core/logs.ts';
import { oneLine } from '../../sync/core/printable.ts';
import type { Usage } from '../../sync/core/usage.ts';
import { pc } from './colors.ts';
import { createTable } from './table.ts';

/** Reads one line of the function's output; undefined where it is no log entry. */
export function readLogLine(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry?.event === 'string' && typeof entry.message === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

const colours = { DEBUG: pc.dim, INFO: (text: string) => text, WARNING: pc.yellow, ERROR: pc.red };

/** One log entry as a person reads it. */
export function formatEntry(entry: LogEntry): string {
  let text = '';
  textLines((line) => {
    text += line;
  })(entry);
  return colours[entry.severity](text.trimEnd());
}

/** The catalog as a table, in the order of titles; removed books are left out. */
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

/** What a run cost, in one line. */
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

/** What a run did, in one line. */
export function formatCounts({
  mode,
  added,
  updated,
  removed,
  restored,
}: Pick<RunReport, 'added' | 'updated' | 'removed' | 'restored'> & { mode: string }): string {
  return `${mode}: ${added} added, ${updated} updated, ${removed} removed, ${restored} restored`;
}

/** A number with its noun: `1 write`, `2 writes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Names may hold anything; a table cell must be one short line. */
export function cell(value: unknown, width: number): string {
  const text = oneLine(String(value));
  const characters = [...text];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : text;
}

const inWords = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** "5 minutes ago", "in 3 hours". */
export function ago(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return inWords.format(Math.round(seconds), 'second');
  if (size < 3_600) return inWords.format(Math.round(seconds / 60), 'minute');
  if (size < 172_800) return inWords.format(Math.round(seconds / 3_600), 'hour');
  return inWords.format(Math.round(seconds / 86_400), 'day');
}
