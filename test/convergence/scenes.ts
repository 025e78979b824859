/** What a broken rule would show in at once: trouble of a chosen kind, and then a plain run that is held to its word. */
import * as fc from 'fast-check';
import { catalogOperation, driveOperation, momentOn, nat } from './arbitraries.ts';
import { gaps } from './drive-faults.ts';
import type {
  CatalogOperation,
  DriveOperation,
  Moment,
  Operation,
  RunOperation,
  TickKind,
  Trouble,
} from './operations.ts';

const calmRun: RunOperation = { kind: 'run', request: 'plain', hoursLater: false, trouble: { kind: 'none' } };

function runWith(request: TickKind, trouble: Trouble): RunOperation {
  return { ...calmRun, request, trouble };
}

/** Places and items as estate.ts reads these numbers. */
const intoRoot = 15;
const outside = 4;
const touchedLast = 1;
const touchedBefore = 3;

const place = nat.map((n) => (n % 3 === 0 ? intoRoot : n - (n % 5)));
const random = fc.array(driveOperation, { minLength: 1, maxLength: 3, size: 'max' });

/** Something happens, and then something else to the same file: who saw only the first is wrong. */
interface Turn {
  first: DriveOperation[];
  next: (DriveOperation | CatalogOperation)[];
}

const turn: fc.Arbitrary<Turn> = fc
  .tuple(nat, nat, place, fc.nat({ max: 6 }))
  .map(([item, name, to, which]): Turn => {
    const what = 'file';
    const add: DriveOperation = { kind: 'add', place: to, name: name % 256 };
    const turns: Turn[] = [
      { first: [add], next: [{ kind: 'trash', what, item: touchedLast }] },
      { first: [add], next: [{ kind: 'move', what, item: touchedLast, place: outside }] },
      {
        first: [{ kind: 'move', what, item, place: outside }],
        next: [{ kind: 'move', what, item: touchedLast, place: to }],
      },
      { first: [{ kind: 'trash', what, item }], next: [{ kind: 'untrash', item: touchedLast }] },
      {
        first: [{ kind: 'rename', what, item, name }],
        next: [{ kind: 'rename', what, item: touchedLast, name: name + 1 }],
      },
      {
        first: [{ kind: 'edit', item, keepsTime: true }],
        next: [{ kind: 'edit', item: touchedLast, keepsTime: true }],
      },
      { first: [add], next: [{ kind: 'add', place: to, name: (name + 1) % 256 }] },
    ];
    return turns[which] as Turn;
  });

const turns: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 3, arbitrary: turn },
  { weight: 1, arbitrary: fc.record({ first: random, next: random }) },
);

/** The second half of a turn happens at a moment of a run that begins between the two. */
function turnDuring(request: TickKind, moment: fc.Arbitrary<Moment>): fc.Arbitrary<Operation[]> {
  return fc
    .tuple(turns, moment)
    .map(([{ first, next }, at]) => [
      ...first,
      runWith(request, { kind: 'meanwhile', at, operations: next }),
    ]);
}

/** Often to what has been listed already; where a run asks for the start of the feed, nothing must have been. */
const whileListing = turnDuring(
  'reconcile',
  fc.oneof(momentOn('list', 5), momentOn('start', 1), momentOn('query', 1)),
);

/** Leads to nothing, and lies outside the library: an entry of the feed that is nobody's business. */
const idleEntry: DriveOperation = { kind: 'link', place: outside, to: 'nothing', item: 0 };

/** On short pages, what stands on the first may change before the second is read. */
const whileReadingTheFeed = fc
  .tuple(
    fc.constantFrom<Operation[]>([], [{ kind: 'repeat' }]),
    turns,
    fc.oneof({ weight: 3, arbitrary: momentOn('feed', 2, 2) }, { weight: 1, arbitrary: momentOn('feed', 4) }),
  )
  .map(([before, { first, next }, at]): Operation[] => [
    ...before,
    // So that nothing older stands before it in the feed.
    calmRun,
    ...first,
    ...Array.from({ length: 3 }, () => idleEntry),
    runWith('plain', { kind: 'meanwhile', at, operations: next }),
  ]);

/** Somebody else writes to a document that a run has read and is about to write. */
const whileCommitting = fc
  .tuple(nat, nat, fc.boolean(), fc.array(catalogOperation, { minLength: 1, maxLength: 3, size: 'max' }))
  .map(([item, name, isEdit, operations]): Operation[] => [
    isEdit ? { kind: 'edit', item, keepsTime: false } : { kind: 'rename', what: 'file', item, name },
    runWith('plain', { kind: 'meanwhile', at: { on: 'commit', nth: 1 }, operations }),
  ]);

/** A run that knows more than this one ends before it, or is held until this one has ended. */
const knowsMore = fc
  .tuple(
    turns,
    fc.oneof(momentOn('query', 1), momentOn('commit', 1)),
    fc.option(fc.constant<Moment>({ on: 'commit', nth: 1 }), { nil: undefined, freq: 4 }),
  )
  .map(([{ first, next }, at, until]): Operation[] => [
    ...first,
    runWith('plain', { kind: 'overlap', at, operations: next, request: 'plain', until }),
  ]);

const rootAway = fc.record({
  kind: fc.constant('root' as const),
  how: fc.constantFrom('hide' as const, 'trash' as const),
  above: fc.boolean(),
});

/** The root goes while it is listed, is listed as empty, and comes back. */
const rootGoes = fc
  .tuple(rootAway, momentOn('list', 3))
  .map(([root, at]): Operation[] => [
    runWith('reconcile', { kind: 'meanwhile', at, operations: [root] }),
    root,
  ]);

/** The feed says of what changes below a folder that cannot be seen that it is gone. */
const changesUnseen = fc
  .tuple(nat, nat)
  .map(([item, name]): Operation[] => [
    calmRun,
    { kind: 'root', how: 'hide', above: true },
    { kind: 'rename', what: 'file', item, name },
  ]);

/** A folder goes while it is listed, and comes back. */
const folderGoes = fc
  .tuple(nat, fc.boolean(), momentOn('list', 4, 2))
  .map(([item, isHidden, at]): Operation[] => [
    runWith('reconcile', {
      kind: 'meanwhile',
      at,
      operations: [{ kind: isHidden ? 'hide' : 'trash', what: 'folder', item }],
    }),
    { kind: isHidden ? 'show' : 'untrash', item: touchedLast },
  ]);

/** A file moves from a folder that is still to be listed into the root, which has been: no listing shows it. */
const movesForward = fc.tuple(nat, momentOn('list', 3, 2)).map(([item, at]): Operation[] => [
  calmRun,
  runWith('reconcile', {
    kind: 'meanwhile',
    at,
    operations: [{ kind: 'move', what: 'file', item, place: intoRoot }],
  }),
]);

const incompleteReason = fc
  .record({
    fault: fc.oneof(fc.constantFrom(...gaps.said), fc.constantFrom(...gaps.seen)),
    nth: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ fault, nth }): Trouble => ({ kind: 'driveFault', on: 'list', nth, fault }));

/** A listing leaves out what is new. */
const incompleteListing = fc
  .tuple(turns, incompleteReason)
  .map(([{ first }, trouble]): Operation[] => [...first, runWith('reconcile', trouble)]);

/** A folder that comes back is not listed whole. */
const incompleteFolder = fc
  .tuple(nat, incompleteReason)
  .map(([item, trouble]): Operation[] => [
    { kind: 'trash', what: 'folder', item },
    calmRun,
    { kind: 'untrash', item: touchedLast },
    runWith('plain', { ...trouble, ...(trouble.kind === 'driveFault' && { nth: 1 }) }),
  ]);

/** Every file of a folder goes, and the folder stays. */
const clearing: fc.Arbitrary<Operation[]> = fc.oneof(
  nat.map((item): Operation[] => [{ kind: 'clear', item, how: 'trash' }]),
  // More than the guard lets pass, and no folder goes that would make the run a reconcile.
  fc
    .integer({ min: 11, max: 13 })
    .map((count): Operation[] => [
      { kind: 'addShelf', place: intoRoot, count },
      calmRun,
      { kind: 'clear', item: touchedLast, how: 'trash' },
    ]),
);

/** One shelf too many for the guard goes; when that is to be approved, another one has gone. */
const outdatedApproval: fc.Arbitrary<Operation[]> = fc
  .integer({ min: 11, max: 13 })
  .map((count) => [
    { kind: 'addShelf', place: intoRoot, count },
    { kind: 'addShelf', place: intoRoot, count },
    calmRun,
    { kind: 'trash', what: 'folder', item: touchedLast },
    calmRun,
    { kind: 'trash', what: 'folder', item: touchedBefore },
    { ...calmRun, request: 'approve' },
  ]);

/** Scenes in which a broken rule shows at once: a troubled run, and a plain one that is held to its word. */
export const scene: fc.Arbitrary<Operation[]> = fc
  .oneof(
    { weight: 3, arbitrary: whileListing },
    { weight: 3, arbitrary: whileReadingTheFeed },
    { weight: 2, arbitrary: whileCommitting },
    { weight: 4, arbitrary: knowsMore },
    { weight: 2, arbitrary: rootGoes },
    { weight: 2, arbitrary: changesUnseen },
    { weight: 2, arbitrary: folderGoes },
    { weight: 2, arbitrary: movesForward },
    { weight: 3, arbitrary: incompleteListing },
    { weight: 1, arbitrary: incompleteFolder },
    { weight: 2, arbitrary: clearing },
    { weight: 1, arbitrary: outdatedApproval },
  )
  .map((operations) => [...operations, calmRun]);

/** A first run that is cut between two commits, and a plain one that has to make up for it. */
export const cutImport: fc.Arbitrary<Operation[]> = fc
  .constantFrom<Trouble>(
    { kind: 'kill', at: { on: 'commit', nth: 2 }, delivered: false },
    { kind: 'kill', at: { on: 'commit', nth: 1 }, delivered: true },
    { kind: 'none' },
  )
  .map((trouble) => [runWith('plain', trouble), calmRun]);
