/** Generates random histories. */
import * as fc from 'fast-check';
import { nat, operation } from './arbitraries.ts';
import type { History, InitialState } from './operations.ts';
import { interruptedImport, scenario } from './scenarios.ts';
import { HistoryShrinker } from './shortening.ts';

const minOperations = 30;
const maxOperations = 34;

const initialState: fc.Arbitrary<InitialState> = fc.record({
  sharedDrive: fc.boolean(),
  removals: fc.constantFrom('mark' as const, 'mark' as const, 'delete' as const),
  files: fc.integer({ min: 5, max: 25 }),
  folders: fc.integer({ min: 1, max: 6 }),
  large: fc.constant(false),
  folderShortcuts: fc.boolean(),
  layout: nat,
  pages: fc.constantFrom([], [], [1], [2, 1], [3, 0, 1]),
  missingFolder: fc.constantFrom('empty' as const, 'empty' as const, 'notFound' as const),
});

/** By default, one history in this many is large. */
export const defaultOneLargeIn = 16;

/**
 * Histories of at least 30 operations. One in `oneLargeIn` starts with more books than fit in one commit.
 */
export function histories(oneLargeIn = defaultOneLargeIn): fc.Arbitrary<History> {
  const size = fc.oneof(
    { weight: oneLargeIn - 1, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  const operations = fc
    .array(
      fc.oneof({ weight: 12, arbitrary: operation.map((one) => [one]) }, { weight: 1, arbitrary: scenario }),
      { minLength: minOperations, maxLength: maxOperations, size: 'max' },
    )
    .map((all) => all.flat());
  const base = fc.tuple(initialState, size, interruptedImport, operations).map(
    ([initial, large, first, all]): History => ({
      initial: { ...initial, large },
      operations: large ? [...first, ...all] : all,
    }),
  );
  return new HistoryShrinker(base);
}
