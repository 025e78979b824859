/** What work costs in dollars: Firestore's operations, which are all that grows with the library. */
import type { Usage } from '../../functions/sync/core/usage.ts';

/** Operations Firestore bills. */
export type Operations = Pick<Usage, 'reads' | 'writes' | 'deletes'>;

/** Dollars for one operation, us-central1 (https://cloud.google.com/firestore/pricing). */
const price: Operations = { reads: 0.03 / 100_000, writes: 0.09 / 100_000, deletes: 0.01 / 100_000 };
/** Operations a day that cost nothing. */
const free: Operations = { reads: 50_000, writes: 20_000, deletes: 20_000 };

const daysAMonth = 365 / 12;
const runsADay = 24;

/** Dollars for the operations of one day, the free ones taken off. */
export function dollarsADay(day: Operations): number {
  return (Object.keys(price) as (keyof Operations)[]).reduce(
    (sum, kind) => sum + Math.max(0, day[kind] - free[kind]) * price[kind],
    0,
  );
}

/**
 * Dollars a month of hourly runs of one kind.
 *
 * @param reconcile what a reconcile without differences costs, where one of the day's runs is one. It makes the same
 *   changes as the other runs, so its reads come in place of theirs, and their writes stay.
 */
export function dollarsAMonth(run: Operations, reconcile?: Operations): number {
  const alike = reconcile ? runsADay - 1 : runsADay;
  const day: Operations = {
    reads: run.reads * alike + (reconcile?.reads ?? 0),
    writes: run.writes * runsADay,
    deletes: run.deletes * runsADay,
  };
  return dollarsADay(day) * daysAMonth;
}
