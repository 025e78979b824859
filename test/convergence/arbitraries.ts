/**
 * Generates one random operation: a change in Drive, a change in Firestore, a change of conditions, or a run with a
 * disturbance.
 */
import * as fc from 'fast-check';
import type {
  CatalogOperation,
  ConditionOperation,
  Disturbance,
  DriveOperation,
  Moment,
  Operation,
  RunOperation,
} from './operations.ts';

export const nat = fc.nat({ max: 0xffff });
const what = fc.constantFrom('file' as const, 'file' as const, 'folder' as const, 'shortcut' as const);

export const driveOperation: fc.Arbitrary<DriveOperation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), place: nat, name: nat }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('addFolderOfBooks' as const),
      place: nat,
      count: fc.integer({ min: 11, max: 13 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('addFolder' as const), place: nat }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('addShortcut' as const),
      place: nat,
      to: fc.constantFrom('file' as const, 'folder' as const, 'folder' as const, 'nothing' as const),
      item: nat,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), item: nat, keepsTime: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('rename' as const), what, item: nat, name: nat }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('move' as const), what, item: nat, place: nat }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('trash' as const, 'trash' as const, 'delete' as const, 'hide' as const),
      what,
      item: nat,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('untrash' as const, 'show' as const), item: nat }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clear' as const),
      item: nat,
      how: fc.constantFrom('trash' as const, 'delete' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('view' as const), item: nat }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('root' as const),
      how: fc.constantFrom('hide' as const, 'trash' as const),
      above: fc.boolean(),
    }),
  },
);

export const catalogOperation: fc.Arbitrary<CatalogOperation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      document: nat,
      field: fc.constantFrom('title' as const, 'title' as const, 'author' as const, 'year' as const),
      blank: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('embed' as const), document: nat }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('addForeign' as const),
      how: fc.constantFrom(
        'noFileId' as const,
        'duplicate' as const,
        'duplicate' as const,
        'unknownFile' as const,
        'takenId' as const,
      ),
      item: nat,
      embedded: fc.boolean(),
    }),
  },
);

const conditionOperation: fc.Arbitrary<ConditionOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('delayFeed' as const), entries: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeatFeedEntries' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('expirePageTokens' as const),
      status: fc.constantFrom(400 as const, 410 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expireAccessTokens' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switchRemovals' as const) }) },
);

const moment: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 2, arbitrary: momentOn('any', 10) },
  { weight: 2, arbitrary: momentOn('changes', 3) },
  { weight: 2, arbitrary: momentOn('list', 4) },
  { weight: 1, arbitrary: momentOn('get', 4) },
  { weight: 1, arbitrary: momentOn('query', 1) },
  { weight: 4, arbitrary: momentOn('commit', 1) },
  { weight: 1, arbitrary: momentOn('commit', 3) },
);

export function momentOn(on: Moment['on'], max: number, min = 1): fc.Arbitrary<Moment> {
  return fc.record({ on: fc.constant(on), nth: fc.integer({ min, max }) });
}

const request = fc.oneof(
  { weight: 6, arbitrary: fc.constant('plain' as const) },
  { weight: 2, arbitrary: fc.constant('reconcile' as const) },
  { weight: 2, arbitrary: fc.constant('approve' as const) },
);

const concurrentOperations = fc.array(
  fc.oneof({ weight: 2, arbitrary: driveOperation }, { weight: 3, arbitrary: catalogOperation }),
  { minLength: 1, maxLength: 4, size: 'max' },
);

const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('none' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      at: moment,
      operations: concurrentOperations,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), at: moment, delivered: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('driveFault' as const),
      on: fc.constant('any' as const),
      nth: fc.integer({ min: 1, max: 6 }),
      fault: nat,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('firestoreFault' as const),
      at: moment,
      how: fc.constantFrom(
        'disconnect' as const,
        'dropResponse' as const,
        'dropResponse' as const,
        'unavailable' as const,
        'aborted' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('overlap' as const),
      at: moment,
      operations: fc.oneof(fc.constant<(DriveOperation | CatalogOperation)[]>([]), concurrentOperations),
      request,
      until: fc.option(moment, { nil: undefined, freq: 2 }),
    }),
  },
);

const runOperation: fc.Arbitrary<RunOperation> = fc.record({
  kind: fc.constant('run' as const),
  request,
  hoursLater: fc.boolean(),
  disturbance,
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 26, arbitrary: driveOperation },
  { weight: 6, arbitrary: catalogOperation },
  { weight: 2, arbitrary: conditionOperation },
  { weight: 4, arbitrary: runOperation },
);
