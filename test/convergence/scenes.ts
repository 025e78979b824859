/** What a broken rule would show in at once: trouble of a chosen kind, and then a plain run that is held to its word. */
import * as fc from 'fast-check';
import { driveOperation, momentOn, nat } from './arbitraries.ts';
import type { DriveOperation, Operation, RunOperation, TickKind, Trouble } from './operations.ts';

const calmRun: RunOperation = { kind: 'run', tick: 'plain', hoursLater: false, trouble: { kind: 'none' } };

function troubledRun(runTick: TickKind, arbitrary: fc.Arbitrary<Trouble>): fc.Arbitrary<RunOperation> {
  return arbitrary.map((one) => ({ kind: 'run', tick: runTick, hoursLater: false, trouble: one }));
}

const driveOperations = fc.array(driveOperation, { minLength: 1, maxLength: 3, size: 'max' });

/** Something happens while a run lists: often to what it has listed already. */
const whileListing = troubledRun(
  'reconcile',
  fc.record({
    kind: fc.constant('meanwhile' as const),
    at: fc.oneof(momentOn('list', 5), momentOn('query', 1)),
    operations: driveOperations,
  }),
);

/** Something that is in the feed changes once more while the feed is read. */
const whileReadingTheFeed = fc
  .tuple(
    driveOperations,
    troubledRun(
      'plain',
      fc.record({
        kind: fc.constant('meanwhile' as const),
        at: momentOn('feed', 4),
        operations: driveOperations,
      }),
    ),
  )
  .map(([before, run]): Operation[] => [...before, run]);

/** The root goes while it is listed, is listed as empty, and comes back. */
const rootGoes = fc
  .record({
    kind: fc.constant('root' as const),
    how: fc.constantFrom('hide' as const, 'trash' as const),
    above: fc.boolean(),
  })
  .chain((root) =>
    troubledRun(
      'reconcile',
      fc.record({
        kind: fc.constant('meanwhile' as const),
        at: momentOn('list', 3),
        operations: fc.constant<DriveOperation[]>([root]),
      }),
    ).map((run): Operation[] => [run, root]),
  );

/** A run that knows more than this one ends before it, or is held until this one has ended. */
const knowsMore = fc
  .tuple(
    driveOperations,
    troubledRun(
      'plain',
      fc.record({
        kind: fc.constant('overlap' as const),
        at: fc.oneof(momentOn('query', 1), momentOn('commit', 1)),
        operations: driveOperations,
        tick: fc.constant('plain' as const),
        until: fc.option(fc.constant({ on: 'commit' as const, nth: 1 }), { nil: undefined, freq: 4 }),
      }),
    ),
  )
  .map(([before, run]): Operation[] => [...before, run]);

/** Scenes in which a broken rule shows at once: a troubled run, and a plain one that is held to its word. */
export const scene: fc.Arbitrary<Operation[]> = fc
  .oneof(
    whileListing.map((run): Operation[] => [run]),
    whileReadingTheFeed,
    rootGoes,
    knowsMore,
    fc
      .record({ kind: fc.constant('clear' as const), item: nat, how: fc.constant('trash' as const) })
      .map((clear): Operation[] => [clear]),
  )
  .map((operations) => [...operations, calmRun]);

/** A first run that is cut between two commits, and a plain one that has to make up for it. */
export const cutImport: fc.Arbitrary<Operation[]> = fc
  .constantFrom<Trouble>(
    { kind: 'kill', at: { on: 'commit', nth: 2 }, delivered: false },
    { kind: 'kill', at: { on: 'commit', nth: 1 }, delivered: true },
    { kind: 'none' },
  )
  .map((one) => [{ ...calmRun, trouble: one }, calmRun]);
