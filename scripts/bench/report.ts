/** Keeps the results of benches together: docs/bench.json holds the figures, docs/bench.md and docs/bench.svg show them. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jobs, type Result, works } from './bench.ts';
import { budgetRows } from './budgets.ts';
import type { Loading } from './loading.ts';
import { plot } from './plot.ts';
import { markdownBudgets, markdownTable } from './table.ts';

const docs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs');

/** All that is known: the newest result of each size, job and work. */
export interface Figures {
  /** Of the machine, for whoever reads the times. */
  machine: string;
  bundleBytes: number;
  loading: Loading;
  results: Result[];
}

/** Adds new figures to the old ones; a result takes the place of the one for the same size, job and work. */
export function merge(old: Figures | undefined, fresh: Figures): Figures {
  const keyOf = ({ books, job, work }: Result) => `${books} ${work} ${job}`;
  const known = new Map([...(old?.results ?? []), ...fresh.results].map((result) => [keyOf(result), result]));
  return { ...fresh, results: [...known.values()].sort(inOrder) };
}

/** By size, then in the order the work is done. */
function inOrder(a: Result, b: Result): number {
  return (
    a.books - b.books ||
    works.indexOf(a.work) - works.indexOf(b.work) ||
    jobs.indexOf(a.job) - jobs.indexOf(b.job)
  );
}

/** Merges new figures into `docs/`, and writes the table, the budgets and the plot anew. */
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
 * Puts `content` between the markers `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.
 *
 * @throws Error where the markers are missing: the page is somebody's prose, and is not written over
 */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close);
  if (start < 0 || end < start) throw new Error(`The page lacks the markers ${open} ... ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}
