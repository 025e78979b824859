/** Updates the benchmark results: docs/bench.json has the figures, docs/bench.md and docs/bench.svg show them. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jobs, type Result, works } from './bench.ts';
import { budgetRows } from './budgets.ts';
import type { Loading } from './loading.ts';
import { plot } from './plot.ts';
import { markdownBudgets, markdownTable } from './table.ts';

const docs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs');

/** All figures: the newest result for each size, job and kind of run. */
export interface Figures {
  /** A description of the machine, which the times depend on. */
  machine: string;
  bundleBytes: number;
  loading: Loading;
  results: Result[];
}

/** Merges new figures into the old ones. A new result replaces the old one for the same size, job and kind of run. */
export function merge(old: Figures | undefined, fresh: Figures): Figures {
  const keyOf = ({ books, job, work }: Result) => `${books} ${work} ${job}`;
  const known = new Map([...(old?.results ?? []), ...fresh.results].map((result) => [keyOf(result), result]));
  return { ...fresh, results: [...known.values()].sort(inOrder) };
}

/** Sorts by size, then by the order in which the runs are made. */
function inOrder(a: Result, b: Result): number {
  return (
    a.books - b.books ||
    works.indexOf(a.work) - works.indexOf(b.work) ||
    jobs.indexOf(a.job) - jobs.indexOf(b.job)
  );
}

/** Merges new figures into `docs/` and rewrites the table, the budgets and the plot. */
export async function writeReport(fresh: Figures): Promise<void> {
  const data = path.join(docs, 'bench.json');
  const old = await readFile(data, 'utf8').catch(() => undefined);
  const figures = merge(old === undefined ? undefined : (JSON.parse(old) as Figures), fresh);
  await writeFile(data, `${JSON.stringify(figures, undefined, 1)}\n`);

  const page = path.join(docs, 'bench.md');
  let text = await readFile(page, 'utf8');
  const { results, bundleBytes, loading, machine } = figures;
  text = replaceBetween(text, 'machine', machine);
  text = replaceBetween(text, 'results', markdownTable(results));
  text = replaceBetween(text, 'budgets', markdownBudgets(budgetRows(results, bundleBytes, loading)));
  await writeFile(page, text);
  await writeFile(path.join(docs, 'bench.svg'), plot(results));
}

/**
 * Replaces the text between the markers `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` with `content`.
 *
 * @throws Error if the markers are missing: the rest of the page is written by hand and must not be overwritten
 */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close);
  if (start < 0 || end < start) throw new Error(`The page has no markers ${open} ... ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}
