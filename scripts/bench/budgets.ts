/** The budgets for calls, reads, writes, memory, bundle size and loading time, compared with the measured values. */
import type { Result } from './bench.ts';
import type { Loading } from './loading.ts';

/** One row: a budget and the measured value. */
export interface BudgetRow {
  what: string;
  budget: string;
  measured: string;
  kept: boolean;
}

/** The maximum number of changes in one commit. More changes need several commits, each with the checkpoint. */
const batchSize = 400;
/** Entries in a page of a Drive response. */
const pageSize = 1_000;
/** Documents in a page of the catalog. */
const catalogPageSize = 1_024;

type Counts = Pick<Result, 'driveCalls' | 'reads' | 'writes' | 'commits'>;

/** The maximum counts for a run. For the first import they are tested, but not published as a budget. */
export function budgetOf({ work, books, folders, changed }: Result): Counts {
  const commits = Math.max(1, Math.ceil(changed / batchSize));
  switch (work) {
    case 'import': {
      const batches = Math.ceil(books / batchSize);
      return {
        driveCalls: listingCalls(books, folders),
        reads: 2,
        writes: books + batches,
        commits: batches,
      };
    }
    case 'idle':
      return { driveCalls: 1, reads: 1, writes: 0, commits: 0 };
    case 'ten':
    case 'percent': {
      const pages = Math.ceil(changed / pageSize);
      return { driveCalls: pages, reads: changed + 1, writes: changed + commits, commits };
    }
    case 'reconcile':
      // If the last page is full, one more page is read, and a query without results is billed as one read.
      return {
        driveCalls: listingCalls(books, folders),
        reads: books + 1 + (books % catalogPageSize === 0 ? 1 : 0),
        writes: 1,
        commits: 1,
      };
  }
}

/** All budgets as a table, with the measured runs of this project. */
export function budgetRows(results: readonly Result[], oursBytes: number, loading?: Loading): BudgetRow[] {
  const rows = results
    .filter(({ job, work }) => job === 'ours' && work !== 'import')
    .map((result): BudgetRow => {
      const budget = budgetOf(result);
      return {
        what: `${workName(result)}, ${amount(result.books)} books`,
        budget: describe(budget),
        measured: describe(result),
        kept: keeps(result, budget),
      };
    });
  const peak = results.find((r) => r.job === 'ours' && r.work === 'reconcile' && r.books === 100_000)?.peakMb;
  if (peak !== undefined)
    rows.push({
      what: 'peak memory of a reconcile of 100,000 books',
      budget: 'under 400 MB',
      measured: `${Math.round(peak)} MB`,
      kept: peak < 400,
    });
  rows.push({
    what: 'bundle, minified',
    budget: 'under 3 MB',
    measured: `${(oursBytes / 1e6).toFixed(2)} MB`,
    kept: oursBytes < 3e6,
  });
  if (loading)
    rows.push({
      what: 'loading the bundle : loading the two packages whole',
      budget: 'at most 0.30',
      measured: `${loading.ratio.toFixed(2)} (${Math.round(loading.bundleMs)} ms : ${Math.round(loading.packagesMs)} ms)`,
      kept: loading.ratio <= 0.3,
    });
  return rows;
}

/** Whether no count exceeds its budget. */
export function keeps(counts: Counts, budget: Counts): boolean {
  return (Object.keys(budget) as (keyof Counts)[]).every((kind) => counts[kind] <= budget[kind]);
}

/** The name of a run, for people. */
export function workName({ work, changed }: Pick<Result, 'work' | 'changed'>): string {
  switch (work) {
    case 'import':
      return 'first import';
    case 'idle':
      return 'idle';
    case 'ten':
      return '10 changes';
    case 'percent':
      return `1 % changes (${amount(changed)})`;
    case 'reconcile':
      return 'reconcile, no differences';
  }
}

/** A number with thousands separators. */
export function amount(value: number): string {
  return value.toLocaleString('en-US');
}

/**
 * One call for each folder, one for each additional page, and three for the root, the start page token and a partial
 * page.
 */
function listingCalls(books: number, folders: number): number {
  return folders + Math.floor(books / pageSize) + 3;
}

function describe({ driveCalls, reads, writes, commits }: Counts): string {
  return `${amount(driveCalls)} calls, ${amount(reads)} reads, ${amount(writes)} writes, ${amount(commits)} commits`;
}
