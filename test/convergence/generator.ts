/** Random histories, and how one that fails is made shorter. */
import * as fc from 'fast-check';
import type {
  Beginning,
  CatalogOperation,
  DriveOperation,
  History,
  Moment,
  Operation,
  RunOperation,
  TickKind,
  Trouble,
  WeatherOperation,
} from './operations.ts';

const leastOperations = 30;
const mostOperations = 42;

const nat = fc.nat({ max: 0xffff });
const what = fc.constantFrom('file' as const, 'file' as const, 'folder' as const, 'shortcut' as const);

const driveOperation: fc.Arbitrary<DriveOperation> = fc.oneof(
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

const catalogOperation: fc.Arbitrary<CatalogOperation> = fc.oneof(
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

function momentOn(on: Moment['on'], most: number): fc.Arbitrary<Moment> {
  return fc.record({ on: fc.constant(on), nth: fc.integer({ min: 1, max: most }) });
}

const tick = fc.oneof(
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
      tick,
      until: fc.option(moment, { nil: undefined, freq: 2 }),
    }),
  },
);

const runOperation: fc.Arbitrary<RunOperation> = fc.record({
  kind: fc.constant('run' as const),
  tick,
  hoursLater: fc.boolean(),
  trouble,
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 26, arbitrary: driveOperation },
  { weight: 6, arbitrary: catalogOperation },
  { weight: 2, arbitrary: weatherOperation },
  { weight: 8, arbitrary: runOperation },
);

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
    // Where a run asks for the start of the feed, nothing must have been listed yet.
    at: fc.oneof(momentOn('list', 5), momentOn('start', 1), momentOn('query', 1)),
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
const scene: fc.Arbitrary<Operation[]> = fc
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
const cutImport: fc.Arbitrary<Operation[]> = fc
  .constantFrom<Trouble>(
    { kind: 'kill', at: { on: 'commit', nth: 2 }, delivered: false },
    { kind: 'kill', at: { on: 'commit', nth: 1 }, delivered: true },
    { kind: 'none' },
  )
  .map((one) => [{ ...calmRun, trouble: one }, calmRun]);

const beginning: fc.Arbitrary<Beginning> = fc.record({
  sharedDrive: fc.boolean(),
  removals: fc.constantFrom('mark' as const, 'mark' as const, 'delete' as const),
  files: fc.integer({ min: 5, max: 25 }),
  folders: fc.integer({ min: 1, max: 6 }),
  large: fc.constant(false),
  layout: nat,
  pages: fc.constantFrom([], [], [1], [2, 1], [3, 0, 1]),
  missingFolder: fc.constantFrom('empty' as const, 'empty' as const, 'notFound' as const),
});

/** Histories of at least 30 operations; one in `oneLargeIn` begins with more books than one commit takes. */
export function histories(oneLargeIn = 16): fc.Arbitrary<History> {
  const size = fc.oneof(
    { weight: oneLargeIn - 1, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  const operations = fc
    .array(
      fc.oneof({ weight: 20, arbitrary: operation.map((one) => [one]) }, { weight: 1, arbitrary: scene }),
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

/**
 * Generates as `base` does, and shrinks by leaving operations out (halves first, then ever smaller parts), below
 * the least number that is generated; then by calming runs down and by a smaller library.
 */
class Shortening extends fc.Arbitrary<History> {
  readonly #base: fc.Arbitrary<History>;

  constructor(base: fc.Arbitrary<History>) {
    super();
    this.#base = base;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<History> {
    return new fc.Value(this.#base.generate(random, biasFactor).value, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is History {
    return true;
  }

  override shrink(history: History): fc.Stream<fc.Value<History>> {
    return fc.stream(
      (function* () {
        for (const shorter of shorterThan(history)) yield new fc.Value(shorter, undefined);
      })(),
    );
  }
}

function* shorterThan({ beginning: begins, operations }: History): Generator<History> {
  const { length } = operations;
  for (let part = Math.ceil(length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let start = length - part; start > -part; start -= part) {
      const from = Math.max(0, start);
      yield {
        beginning: begins,
        operations: [...operations.slice(0, from), ...operations.slice(start + part)],
      };
    }
  }
  for (const [index, one] of operations.entries()) {
    if (one.kind !== 'run') continue;
    for (const calmer of calmerThan(one)) {
      yield { beginning: begins, operations: operations.toSpliced(index, 1, calmer) };
    }
  }
  for (const smaller of smallerThan(begins)) yield { beginning: smaller, operations };
}

function* calmerThan(run: RunOperation): Generator<RunOperation> {
  if (run.trouble.kind !== 'none') yield { ...run, trouble: { kind: 'none' } };
  if (run.tick !== 'plain') yield { ...run, tick: 'plain' };
  if (run.hoursLater) yield { ...run, hoursLater: false };
  if (
    (run.trouble.kind === 'meanwhile' && run.trouble.operations.length > 1) ||
    (run.trouble.kind === 'overlap' && run.trouble.operations.length > 0)
  ) {
    for (const index of run.trouble.operations.keys()) {
      yield { ...run, trouble: { ...run.trouble, operations: run.trouble.operations.toSpliced(index, 1) } };
    }
  }
  if (run.trouble.kind === 'overlap' && run.trouble.until)
    yield { ...run, trouble: { ...run.trouble, until: undefined } };
}

function* smallerThan(begins: Beginning): Generator<Beginning> {
  if (begins.large) yield { ...begins, large: false };
  if (begins.sharedDrive) yield { ...begins, sharedDrive: false };
  if (begins.removals !== 'mark') yield { ...begins, removals: 'mark' };
  if (begins.pages.length > 0) yield { ...begins, pages: [] };
  if (begins.missingFolder !== 'empty') yield { ...begins, missingFolder: 'empty' };
  for (const files of [0, Math.floor(begins.files / 2), begins.files - 1])
    if (files >= 0 && files < begins.files) yield { ...begins, files };
  for (const folders of [0, begins.folders - 1])
    if (folders >= 0 && folders < begins.folders) yield { ...begins, folders };
}
