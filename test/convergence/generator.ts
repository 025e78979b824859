/** Random histories. */
import * as fc from 'fast-check';
import { nat, operation } from './arbitraries.ts';
import type { Beginning, History } from './operations.ts';
import { cutImport, scene } from './scenes.ts';
import { Shortening } from './shortening.ts';

const leastOperations = 30;
const mostOperations = 34;

const beginning: fc.Arbitrary<Beginning> = fc.record({
  sharedDrive: fc.boolean(),
  removals: fc.constantFrom('mark' as const, 'mark' as const, 'delete' as const),
  files: fc.integer({ min: 5, max: 25 }),
  folders: fc.integer({ min: 1, max: 6 }),
  large: fc.constant(false),
  folderLinks: fc.boolean(),
  layout: nat,
  pages: fc.constantFrom([], [], [1], [2, 1], [3, 0, 1]),
  missingFolder: fc.constantFrom('empty' as const, 'empty' as const, 'notFound' as const),
});

/** Of so many histories one is large, if nothing else is said. */
export const usuallyLarge = 16;

/** Histories of at least 30 operations; one in `oneLargeIn` begins with more books than one commit takes. */
export function histories(oneLargeIn = usuallyLarge): fc.Arbitrary<History> {
  const size = fc.oneof(
    { weight: oneLargeIn - 1, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  const operations = fc
    .array(
      fc.oneof({ weight: 12, arbitrary: operation.map((one) => [one]) }, { weight: 1, arbitrary: scene }),
      { minLength: leastOperations, maxLength: mostOperations, size: 'max' },
    )
    .map((all) => all.flat());
  const base = fc.tuple(beginning, size, cutImport, operations).map(
    ([begins, large, first, all]): History => ({
      beginning: { ...begins, large },
      operations: large ? [...first, ...all] : all,
    }),
  );
  return new Shortening(base);
}
