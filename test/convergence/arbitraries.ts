/** One random operation: by people in Drive, by others in Firestore, of the weather, or a run with its trouble. */
import * as fc from 'fast-check';
import type {
  CatalogOperation,
  DriveOperation,
  Moment,
  Operation,
  RunOperation,
  Trouble,
  WeatherOperation,
} from './operations.ts';

export const nat = fc.nat({ max: 0xffff });
const what = fc.constantFrom('file' as const, 'file' as const, 'folder' as const, 'shortcut' as const);

export const driveOperation: fc.Arbitrary<DriveOperation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), place: nat, name: nat }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('addShelf' as const),
      place: nat,
      count: fc.integer({ min: 11, max: 13 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('makeFolder' as const), place: nat }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
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
      kind: fc.constant('foreign' as const),
      how: fc.constantFrom(
        'unlinked' as const,
        'double' as const,
        'double' as const,
        'stranger' as const,
        'inTheWay' as const,
      ),
      item: nat,
      rich: fc.boolean(),
    }),
  },
);

const weatherOperation: fc.Arbitrary<WeatherOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('delay' as const), entries: fc.nat({ max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('expireFeed' as const),
      status: fc.constantFrom(400 as const, 410 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expireAccess' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('removals' as const) }) },
);

const moment: fc.Arbitrary<Moment> = fc.oneof(
  { weight: 2, arbitrary: momentOn('any', 10) },
  { weight: 2, arbitrary: momentOn('feed', 3) },
  { weight: 2, arbitrary: momentOn('list', 4) },
  { weight: 1, arbitrary: momentOn('item', 4) },
  { weight: 1, arbitrary: momentOn('query', 1) },
  { weight: 4, arbitrary: momentOn('commit', 1) },
  { weight: 1, arbitrary: momentOn('commit', 3) },
);

export function momentOn(on: Moment['on'], most: number, least = 1): fc.Arbitrary<Moment> {
  return fc.record({ on: fc.constant(on), nth: fc.integer({ min: least, max: most }) });
}

const request = fc.oneof(
  { weight: 6, arbitrary: fc.constant('plain' as const) },
  { weight: 2, arbitrary: fc.constant('reconcile' as const) },
  { weight: 2, arbitrary: fc.constant('approve' as const) },
);

const happenings = fc.array(
  fc.oneof({ weight: 2, arbitrary: driveOperation }, { weight: 3, arbitrary: catalogOperation }),
  { minLength: 1, maxLength: 4, size: 'max' },
);

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('none' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('meanwhile' as const),
      at: moment,
      operations: happenings,
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
      kind: fc.constant('catalogFault' as const),
      at: moment,
      how: fc.constantFrom(
        'cut' as const,
        'answerLost' as const,
        'answerLost' as const,
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
      operations: fc.oneof(fc.constant<(DriveOperation | CatalogOperation)[]>([]), happenings),
      request,
      until: fc.option(moment, { nil: undefined, freq: 2 }),
    }),
  },
);

const runOperation: fc.Arbitrary<RunOperation> = fc.record({
  kind: fc.constant('run' as const),
  request,
  hoursLater: fc.boolean(),
  trouble,
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 26, arbitrary: driveOperation },
  { weight: 6, arbitrary: catalogOperation },
  { weight: 2, arbitrary: weatherOperation },
  { weight: 4, arbitrary: runOperation },
);
