import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchLibrary, jobs, type Result, works } from '../../scripts/bench/bench.ts';
import { budgetOf, budgetRows, keeps } from '../../scripts/bench/budgets.ts';
import { dollarsAMonth } from '../../scripts/bench/costs.ts';
import { openFirestore } from '../../scripts/bench/firestore.ts';
import { plot } from '../../scripts/bench/plot.ts';
import { buildPrograms, type Programs } from '../../scripts/bench/programs.ts';
import { merge, replaceBetween } from '../../scripts/bench/report.ts';
import { markdownBudgets, markdownTable, terminalTable } from '../../scripts/bench/table.ts';

describe('the benchmark with 50 books', () => {
  /** Without the run that changes 1%, which would be one book here. */
  const measured = works.filter((work) => work !== 'percent');
  const results: Result[] = [];
  let programs: Programs;

  afterAll(() => programs.remove());
  beforeAll(async () => {
    programs = await buildPrograms();
    const common = { programs, books: 50, folders: 5, jobs: new Set(jobs) };
    await benchLibrary({
      ...common,
      store: 'emulator',
      firestoreHost: process.env.FIRESTORE_EMULATOR_HOST ?? '',
      works: new Set(measured),
      onResult: (result) => results.push(result),
    });
  }, 120_000);

  const find = (job: string, work: string) =>
    results.find((result) => result.job === job && result.work === work);

  it('gets the same counts from the Firestore with indexes as from the emulator', async () => {
    const firestore = await openFirestore('indexed', programs.indexedFirestore);
    const indexed: Result[] = [];
    try {
      await benchLibrary({
        programs,
        store: 'indexed',
        firestoreHost: firestore.host,
        books: 50,
        folders: 5,
        jobs: new Set(['ours']),
        works: new Set(['import', 'ten', 'reconcile']),
        onResult: (result) => indexed.push(result),
      });
    } finally {
      await firestore.stop();
    }
    expect(indexed).toHaveLength(3);
    for (const { job, work, driveCalls, reads, writes, commits } of indexed)
      expect(find(job, work)).toMatchObject({ driveCalls, reads, writes, commits });
  }, 60_000);

  it('measures a sync that stays within its budgets', () => {
    const ours = results.filter(({ job }) => job === 'ours');
    expect(ours.map(({ work }) => work)).toEqual(measured);
    for (const result of ours) expect(keeps(result, budgetOf(result)), JSON.stringify(result)).toBe(true);
    expect(programs.oursBytes).toBeLessThan(3e6);
    expect(budgetRows(results, programs.oursBytes).every(({ kept }) => kept)).toBe(true);
  });

  it('counts every call of an idle run', () => {
    expect(find('ours', 'idle')).toMatchObject({ driveCalls: 1, driveUnits: 100, reads: 1, writes: 0 });
  });

  it('counts every call of a run with ten changes', () => {
    expect(find('ours', 'ten')).toMatchObject({ driveCalls: 1, reads: 11, writes: 11, commits: 1 });
  });

  it('measures a plain job that reads everything, and one that also writes everything', () => {
    // One call each for the root and the five folders.
    expect(find('plain', 'idle')).toMatchObject({ driveCalls: 6, driveUnits: 600, reads: 50, writes: 0 });
    expect(find('defective', 'idle')).toMatchObject({ driveCalls: 6, reads: 50, writes: 50 });
    expect(find('plain', 'ten')).toMatchObject({ writes: 10 });
  });

  it('measures the memory of the run, not of the test process', () => {
    for (const { peakMb } of results) expect(peakMb).toSatisfy((mb: number) => mb > 30 && mb < 400);
  });

  it('shows the results as tables and as a plot', () => {
    expect(terminalTable(results)).toContain('10 changes');
    expect(markdownTable(results).split('\n')).toHaveLength(results.length + 2);
    expect(markdownBudgets(budgetRows(results, programs.oursBytes))).not.toContain('| NO |');
    const svg = plot(results);
    expect(svg).toContain('This project: 2 at 50 books.');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('keeps one result for each size, job and kind of run', () => {
    const figures = {
      machine: '',
      bundleBytes: 1,
      loading: { bundleMs: 1, packagesMs: 5, ratio: 0.2 },
      results,
    };
    expect(merge(figures, figures).results).toEqual(results);
  });
});

describe('the monthly cost', () => {
  it('follows the price list', () => {
    // 2.4 million reads and as many writes per day, minus the free ones: $0.705 + $2.142.
    const run = { reads: 100_000, writes: 100_000, deletes: 0 };
    expect(dollarsAMonth(run)).toBeCloseTo((2.847 * 365) / 12, 6);
  });

  it('counts one run per day as a reconcile', () => {
    const run = { reads: 1, writes: 0, deletes: 0 };
    const reconcile = { reads: 150_001, writes: 1, deletes: 0 };
    expect(dollarsAMonth(run, reconcile)).toBeCloseTo(((100_024 * 0.03) / 100_000) * (365 / 12), 6);
  });

  it('is zero within the free tier', () => {
    expect(dollarsAMonth({ reads: 1, writes: 0, deletes: 0 })).toBe(0);
  });
});

describe('the results page', () => {
  it('keeps the text outside the markers', () => {
    const page = 'a\n<!-- bench:results -->\nold\n<!-- /bench:results -->\nb\n';
    expect(replaceBetween(page, 'results', 'new')).toBe(page.replace('old', 'new'));
  });

  it('is not overwritten if the markers are missing', () => {
    expect(() => replaceBetween('prose', 'results', 'new')).toThrow('markers');
  });
});
