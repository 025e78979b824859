/**
 * Whatever happens to the library, the catalog ends up true (DESIGN.md section 5).
 *
 * A history is at least 30 random operations by people in Drive, people and programs in Firestore, and runs of the
 * sync, which overlap, die, and meet faults. Then all is calm, one plain run follows, and the judge (checks.ts)
 * compares the catalog with the model (library.ts, ledger.ts), which is written from DESIGN.md and shares no code
 * with the sync. Last, a forced reconcile must find nothing to do.
 *
 * What an incremental run is entitled not to see, and a reconcile must then put right:
 *
 * 1. A document that another program added, until the file it names is next looked at: Firestore has no feed here.
 *    Until then the oldest of the *other* documents of that file must be right.
 * 2. What happens to a folder above the target of a shortcut, where that folder is outside the library: Drive tells
 *    of that folder alone, and nothing links it to the library. Books that only a shortcut leads to may then differ.
 * 3. For a library in a shared drive: what happens to, or below, the target of a shortcut in another drive, told in
 *    another feed; also a file that moves there. The same books may differ.
 * 4. Removals the guard holds: their number is checked, and that approving them ends them.
 *
 * 5. With REMOVALS=delete, what somebody writes into a document while a run is under way that found its book gone: the
 *    document may be deleted though the book came back meanwhile, and is then added anew.
 *
 * A late feed is no exception: what it withholds comes behind the token, and the run after it has come sees it.
 */
import { expect, test } from 'vitest';
import { runHistories } from './runner.ts';
import { describeStatistics, interesting } from './statistics.ts';

/** Fixed, so that a build is not red by chance; the long run (`npm run test:convergence`) takes new ones. */
const seed = 20_261_123;

test('100 histories end in a catalog that is true', { timeout: 600_000 }, async () => {
  const { statistics, failure } = await runHistories({ runs: 100, seed, lanes: 3 });
  expect(failure, failure).toBeUndefined();
  const never = interesting.filter((what) => !statistics.events.has(what));
  expect(never, `never happened:\n${describeStatistics(statistics)}`).toEqual([]);
});
