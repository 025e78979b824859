/**
 * Drive faults, one per run. `npm test` tries each kind of fault at each kind of call; HEAVY=1 tries each fault at
 * each call.
 */
import { describe, expect, test } from 'vitest';
import { tryAll } from './cases.ts';
import { driveCases } from './drive-faults.ts';
import { importing, incremental, reading, reconciling } from './scenarios.ts';

const core = !process.env.HEAVY;

describe.each([importing, reading, incremental, reconciling])('Drive fails in $name', (scenario) => {
  test('nothing is lost, nothing is removed by mistake, and the next run corrects the catalog', async () => {
    const cases = await driveCases(scenario, core);
    const began = performance.now();
    const wrong = await tryAll(cases);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `Drive fails in ${scenario.name}: ${cases.length} cases, ${wrong.length} problems, ${seconds} s`,
    );
    expect(wrong).toEqual([]);
  }, 1_800_000);
});
