/** Formats what a run would do as a diff of the catalog, for a person. */
import type { FieldChanges } from '../../sync/core/logs.ts';
import { multiLine, oneLine } from '../../sync/core/redact.ts';
import { pc } from '../shared/colors.ts';
import { formatFailure } from '../shared/failure.ts';
import { count, formatCost } from '../shared/show.ts';
import type { PlanDocument } from './plan-document.ts';

/** The maximum number of books shown in each section. `--json` has all of them. */
const maxShown = 100;

export function formatPlan(plan: PlanDocument, durationMs: number): string {
  const { added, updated, restored, removed, held, kept, toRead, problem } = plan;
  const sections = [
    `${plan.mode === 'reconcile' ? 'Reconcile (compares the whole library)' : 'Incremental'}: ${plan.reason}.`,
    ...plan.warnings.map((warning) => pc.yellow(`WARNING: ${multiLine(warning)}`)),
    section('Added', added, (book) => [pc.green(`+ ${formatAddedBook(book)}`)]),
    section('Changed', updated, (book) => [`~ ${named(book)}`, ...fields(book.changes)]),
    section('Restored', restored, (book) => [pc.green(`+ ${named(book)}`), ...fields(book.changes)]),
    section('Removed', removed, (book) => [
      pc.red(`- ${named(book)}${book.how === 'delete' ? ' (deletes the document)' : ''}`),
    ]),
    section('Kept unchanged in the catalog', kept, (book) => [
      `= ${named(book)}`,
      `    ${book.field}: ${value(book.value)} is kept (${book.why === 'person' ? 'corrected by hand' : 'set before this project'}); the file says ${value(book.fileSays)}`,
    ]),
    ...(['removals', 'updates'] as const).map((what) => heldSection(what, held[what])),
    section('Content that a run would read first (a dry run does not read it)', toRead, (book) => [
      `? ${named(book)}`,
    ]),
    problem ? formatFailure('The run would do this, then fail', problem, plan.environment) : undefined,
  ];
  return [...sections.filter((text) => text !== undefined), summary(plan, durationMs)].join('\n\n');
}

function section<T>(title: string, books: readonly T[], lines: (book: T) => string[]): string | undefined {
  if (books.length === 0) return undefined;
  const shown = books.slice(0, maxShown).flatMap(lines);
  const rest = books.length - maxShown;
  if (rest > 0) shown.push(pc.dim(`... and ${rest} more; use --json to list all of them`));
  return [pc.bold(`${title} (${books.length})`), ...shown.map((line) => `  ${line}`)].join('\n');
}

function heldSection(
  what: 'removals' | 'updates',
  held: PlanDocument['held']['removals'],
): string | undefined {
  if (!held) return undefined;
  const why =
    what === 'removals'
      ? 'books would leave the catalog'
      : 'books would change only because of newer metadata rules';
  const head = `Held ${what} (${held.count}), since ${held.since}: more than ${held.limit} ${why}`;
  const books = held.books
    .slice(0, maxShown)
    .flatMap((book) => [`! ${named(book)}`, ...fields(book.changes)]);
  if (held.books.length > maxShown) books.push(`... and ${held.books.length - maxShown} more`);
  return [
    pc.bold(pc.yellow(head)),
    ...books.map((line) => `  ${line}`),
    `  If this is correct, approve them: ${held.approve}`,
  ].join('\n');
}

function fields(changes: FieldChanges | undefined): string[] {
  if (!changes) return [];
  const lines = Object.entries(changes).map(
    ([field, { from, to }]) => `    ${field}: ${value(from)} -> ${value(to)}`,
  );
  return lines.length > 0 ? lines : ['    only internal fields (sync, dates)'];
}

function formatAddedBook({ title, author, year, file }: PlanDocument['added'][number]): string {
  const known = [author, year].filter((part) => part !== null).join(', ');
  return oneLine(`${title}${known ? ` - ${known}` : ''}  [${file}]`);
}

function named({ title, file }: { title: string; file: string | null }): string {
  return oneLine(file === null ? title : `${title}  [${file}]`);
}

function value(of: unknown): string {
  if (of === null || of === undefined) return 'none';
  return oneLine(typeof of === 'string' ? `"${of}"` : JSON.stringify(of));
}

function summary(
  { added, updated, restored, removed, toRead, books, wouldCost, cost }: PlanDocument,
  durationMs: number,
): string {
  const { writes, deletes, commits } = wouldCost;
  const counts = `${added.length} to add, ${updated.length} to update, ${removed.length} to remove, ${restored.length} to restore`;
  const price = `${count(writes, 'write')}${deletes > 0 ? ` and ${count(deletes, 'delete')}` : ''} in ${count(commits, 'commit')}`;
  return [
    pc.bold(`${counts}; books in the catalog: ${books.before} -> ${books.after}`),
    writes + deletes === 0
      ? 'The run would write nothing.'
      : `The run would make ${toRead.length > 0 ? 'up to ' : ''}${price}, in addition to the cost of this dry run.`,
    `Nothing was written. This dry run cost ${formatCost(cost, durationMs)}.`,
  ].join('\n');
}
