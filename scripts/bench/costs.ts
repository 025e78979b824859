/** The cost of runs in dollars. Counts only Firestore operations: nothing else grows with the library. */
import type { Usage } from '../../functions/sync/core/usage.ts';

/** Operations that Firestore bills. */
export type Operations = Pick<Usage, 'reads' | 'writes' | 'deletes'>;

/** Dollars per operation in us-central1 (https://cloud.google.com/firestore/pricing). */
const price: Operations = { reads: 0.03 / 100_000, writes: 0.09 / 100_000, deletes: 0.01 / 100_000 };
/** Free operations per day. */
const free: Operations = { reads: 50_000, writes: 20_000, deletes: 20_000 };

const daysAMonth = 365 / 12;
const runsADay = 24;

/** Dollars for the operations of one day, after the free quota. */
export function dollarsADay(day: Operations): number {
  return (Object.keys(price) as (keyof Operations)[]).reduce(
    (sum, kind) => sum + Math.max(0, day[kind] - free[kind]) * price[kind],
    0,
  );
}

/**
 * Dollars per month for hourly runs of one kind.
 *
 * @param reconcile the cost of a reconcile without differences, if one of the day's runs is a reconcile. It makes the
 *   same changes as the other runs, so its reads replace theirs and the writes stay the same.
 */
export function dollarsAMonth(run: Operations, reconcile?: Operations): number {
  const ordinaryRuns = reconcile ? runsADay - 1 : runsADay;
  const day: Operations = {
    reads: run.reads * ordinaryRuns + (reconcile?.reads ?? 0),
    writes: run.writes * runsADay,
    deletes: run.deletes * runsADay,
  };
  return dollarsADay(day) * daysAMonth;
}
