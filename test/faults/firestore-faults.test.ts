/** Firestore faults, one per run. `npm test` tries each kind of fault at each request; HEAVY=1 tries each fault. */
import { describe, expect, test } from 'vitest';
import { tryAll } from './cases.ts';
import { firestoreCases } from './firestore-faults.ts';
import { conflicting, importing, incremental, largeImport, reconciling } from './scenarios.ts';

const core = !process.env.HEAVY;

// A reconcile makes the same Firestore requests as an import.
const scenarios = [importing, incremental, conflicting, ...(core ? [] : [reconciling, largeImport])];

describe.each(scenarios)('Firestore fails in $name', (scenario) => {
  test('nothing is lost, nothing is removed by mistake, and the next run corrects the catalog', async () => {
    const cases = await firestoreCases(scenario, core);
    const began = performance.now();
    const wrong = await tryAll(cases);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `Firestore fails in ${scenario.name}: ${cases.length} cases, ${wrong.length} problems, ${seconds} s`,
    );
    expect(wrong).toEqual([]);
  }, 1_800_000);
});
