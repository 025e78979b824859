/** Formats the results as tables: for the terminal with cli-table3, and for docs/bench.md as Markdown. */
import Table from 'cli-table3';
import type { Job, Result } from './bench.ts';
import { amount, type BudgetRow, workName } from './budgets.ts';
import { dollarsADay, dollarsAMonth } from './costs.ts';

const jobNames: Record<Job, string> = {
  ours: 'this project',
  plain: 'plain job',
  defective: 'plain job, comparing a field it never sets',
};

const head = [
  'Books',
  'Run',
  'Job',
  'Firestore',
  'Drive calls',
  'Quota units',
  'Reads',
  'Writes',
  'Deletes',
  'Peak RSS',
  'Heap limit',
  'Time',
  'CPU',
  '$ a month',
];
const numbersFrom = 4;

/** The rows of the results table, in the given order. */
function resultRows(results: readonly Result[]): string[][] {
  return results.map((result) => [
    amount(result.books),
    workName(result),
    jobNames[result.job],
    result.store,
    amount(result.driveCalls),
    amount(result.driveUnits),
    amount(result.reads),
    amount(result.writes),
    amount(result.deletes),
    `${Math.round(result.peakMb)} MB`,
    result.heapMb === null ? 'none' : `${amount(result.heapMb)} MB`,
    `${seconds(result.seconds)}${result.runs > 1 ? ` in ${result.runs} runs` : ''}`,
    seconds(result.cpuSeconds),
    dollars(result, results),
  ]);
}

/** Dollars per month for hourly runs like this one. An import happens once. */
function dollars(result: Result, results: readonly Result[]): string {
  if (result.work === 'import') return `${money(dollarsADay(result))} once`;
  if (result.job !== 'ours') return money(dollarsAMonth(result));
  const reconcile = results.find(
    ({ job, work, books }) => job === 'ours' && work === 'reconcile' && books === result.books,
  );
  if (!reconcile) return '?';
  // A reconcile runs once a day, and its cost is already included in the rows above.
  return result === reconcile ? '-' : money(dollarsAMonth(result, reconcile));
}

/** The results as a table for the terminal. */
export function terminalTable(results: readonly Result[]): string {
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (column < numbersFrom && column > 0 ? 'left' : 'right')),
  });
  table.push(...resultRows(results));
  return table.toString();
}

/** The results as a Markdown table. */
export function markdownTable(results: readonly Result[]): string {
  return markdown(head, resultRows(results), (column) => column === 0 || column >= numbersFrom);
}

const budgetHead = ['Work', 'Budget', 'Measured', 'Kept'];

function budgetCells(rows: readonly BudgetRow[]): string[][] {
  return rows.map(({ what, budget, measured, kept }) => [what, budget, measured, kept ? 'yes' : 'NO']);
}

/** The budgets as a table for the terminal. */
export function terminalBudgets(rows: readonly BudgetRow[]): string {
  const table = new Table({ head: budgetHead, style: { head: [], border: [], compact: true } });
  table.push(...budgetCells(rows));
  return table.toString();
}

/** The budgets as a Markdown table. */
export function markdownBudgets(rows: readonly BudgetRow[]): string {
  return markdown(budgetHead, budgetCells(rows), () => false);
}

/** Formats a Markdown table. */
export function markdown(
  titles: readonly string[],
  rows: readonly string[][],
  isNumber: (column: number) => boolean,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = titles.map((_, column) => (isNumber(column) ? '--:' : '---'));
  return [line(titles), line(rule), ...rows.map(line)].join('\n');
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}

function money(value: number): string {
  return `$${value.toFixed(2)}`;
}
