/** Firestore's faults, one a run. `npm test` makes every kind at every request; HEAVY=1 every one. */
import { describe, expect, test } from 'vitest';
import { tryAll } from './cases.ts';
import { firestoreCases } from './firestore-faults.ts';
import { conflicting, importing, incremental, largeImport, reconciling } from './scenarios.ts';

const core = !process.env.HEAVY;

// A reconcile asks Firestore what an import asks.
const scenarios = [importing, incremental, conflicting, ...(core ? [] : [reconciling, largeImport])];

describe.each(scenarios)('Firestore fails in $name', (scenario) => {
  test('nothing is lost, nothing is removed by mistake, and the next run makes it right', async () => {
    const cases = await firestoreCases(scenario, core);
    const began = performance.now();
    const wrong = await tryAll(cases);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `Firestore fails in ${scenario.name}: ${cases.length} cases, ${wrong.length} wrong, ${seconds} s`,
    );
    expect(wrong).toEqual([]);
  }, 1_800_000);
});
