/**
 * Scenarios: short sequences of operations that are rare at random and that expose a broken rule directly. Each ends
 * with a plain undisturbed run, after which the catalog is checked.
 */
import * as fc from 'fast-check';
import { catalogOperation, driveOperation, momentOn, nat } from './arbitraries.ts';
import { incompleteListingFaults } from './drive-faults.ts';
import type {
  CatalogOperation,
  Disturbance,
  DriveOperation,
  Moment,
  Operation,
  RunOperation,
  RunRequestKind,
} from './operations.ts';

const plainRun: RunOperation = {
  kind: 'run',
  request: 'plain',
  hoursLater: false,
  disturbance: { kind: 'none' },
};

function runWith(request: RunRequestKind, disturbance: Disturbance): RunOperation {
  return { ...plainRun, request, disturbance };
}

/** Numbers for certain places and items, as picking.ts interprets them. */
const intoRoot = 15;
const outside = 4;
const lastChanged = 1;
const changedBefore = 3;

const place = nat.map((n) => (n % 3 === 0 ? intoRoot : n - (n % 5)));
const random = fc.array(driveOperation, { minLength: 1, maxLength: 3, size: 'max' });

/** Two changes in sequence, mostly to the same file. A run that has seen only the first has outdated information. */
interface ChangePair {
  first: DriveOperation[];
  next: (DriveOperation | CatalogOperation)[];
}

const changesToOneFile: fc.Arbitrary<ChangePair> = fc
  .tuple(nat, nat, place, fc.nat({ max: 6 }))
  .map(([item, name, to, which]): ChangePair => {
    const what = 'file';
    const add: DriveOperation = { kind: 'add', place: to, name: name % 256 };
    const pairs: ChangePair[] = [
      { first: [add], next: [{ kind: 'trash', what, item: lastChanged }] },
      { first: [add], next: [{ kind: 'move', what, item: lastChanged, place: outside }] },
      {
        first: [{ kind: 'move', what, item, place: outside }],
        next: [{ kind: 'move', what, item: lastChanged, place: to }],
      },
      { first: [{ kind: 'trash', what, item }], next: [{ kind: 'untrash', item: lastChanged }] },
      {
        first: [{ kind: 'rename', what, item, name }],
        next: [{ kind: 'rename', what, item: lastChanged, name: name + 1 }],
      },
      {
        first: [{ kind: 'edit', item, keepsTime: true }],
        next: [{ kind: 'edit', item: lastChanged, keepsTime: true }],
      },
      { first: [add], next: [{ kind: 'add', place: to, name: (name + 1) % 256 }] },
    ];
    return pairs[which] as ChangePair;
  });

const changePair: fc.Arbitrary<ChangePair> = fc.oneof(
  { weight: 3, arbitrary: changesToOneFile },
  { weight: 1, arbitrary: fc.record({ first: random, next: random }) },
);

/** The second change of a pair happens at a moment of a run that starts between the two. */
function changeDuring(request: RunRequestKind, moment: fc.Arbitrary<Moment>): fc.Arbitrary<Operation[]> {
  return fc
    .tuple(changePair, moment)
    .map(([{ first, next }, at]) => [...first, runWith(request, { kind: 'change', at, operations: next })]);
}

/**
 * Changes during a reconcile, often to what has been listed already. When the run gets the start page token, nothing
 * may have been listed yet.
 */
const changesWhileListing = changeDuring(
  'reconcile',
  fc.oneof(momentOn('list', 5), momentOn('startPageToken', 1), momentOn('query', 1)),
);

/** Adds an entry to the feed that does not concern the library: a broken shortcut outside of it. */
const unrelatedChange: DriveOperation = { kind: 'addShortcut', place: outside, to: 'nothing', item: 0 };

/** The feed is read in short pages. What is on the first page changes before the second is read. */
const changesWhileReadingFeed = fc
  .tuple(
    fc.constantFrom<Operation[]>([], [{ kind: 'repeatFeedEntries' }]),
    changePair,
    fc.oneof(
      { weight: 3, arbitrary: momentOn('changes', 2, 2) },
      { weight: 1, arbitrary: momentOn('changes', 4) },
    ),
  )
  .map(([before, { first, next }, at]): Operation[] => [
    ...before,
    // Consumes older feed entries, so that the following change is on the first page.
    plainRun,
    ...first,
    ...Array.from({ length: 3 }, () => unrelatedChange),
    runWith('plain', { kind: 'change', at, operations: next }),
  ]);

/** A person or another program writes to a document that a run has read and is about to write. */
const writesBeforeCommit = fc
  .tuple(nat, nat, fc.boolean(), fc.array(catalogOperation, { minLength: 1, maxLength: 3, size: 'max' }))
  .map(([item, name, isEdit, operations]): Operation[] => [
    isEdit ? { kind: 'edit', item, keepsTime: false } : { kind: 'rename', what: 'file', item, name },
    runWith('plain', { kind: 'change', at: { on: 'commit', nth: 1 }, operations }),
  ]);

/** A run with newer information than this one ends before it, or pauses until this one has ended. */
const overlappingNewerRun = fc
  .tuple(
    changePair,
    fc.oneof(momentOn('query', 1), momentOn('commit', 1)),
    fc.option(fc.constant<Moment>({ on: 'commit', nth: 1 }), { nil: undefined, freq: 4 }),
  )
  .map(([{ first, next }, at, until]): Operation[] => [
    ...first,
    runWith('plain', { kind: 'overlap', at, operations: next, request: 'plain', until }),
  ]);

const rootChange = fc.record({
  kind: fc.constant('root' as const),
  how: fc.constantFrom('hide' as const, 'trash' as const),
  above: fc.boolean(),
});

/** The root becomes inaccessible during the listing, is listed as empty, and comes back. */
const rootDisappears = fc
  .tuple(rootChange, momentOn('list', 3))
  .map(([root, at]): Operation[] => [runWith('reconcile', { kind: 'change', at, operations: [root] }), root]);

/** A file changes while a folder above it is inaccessible, so the feed reports the file as gone. */
const changesBelowHiddenFolder = fc
  .tuple(nat, nat)
  .map(([item, name]): Operation[] => [
    plainRun,
    { kind: 'root', how: 'hide', above: true },
    { kind: 'rename', what: 'file', item, name },
  ]);

/** A folder becomes inaccessible during the listing and comes back. */
const folderDisappears = fc
  .tuple(nat, fc.boolean(), momentOn('list', 4, 2))
  .map(([item, isHidden, at]): Operation[] => [
    runWith('reconcile', {
      kind: 'change',
      at,
      operations: [{ kind: isHidden ? 'hide' : 'trash', what: 'folder', item }],
    }),
    { kind: isHidden ? 'show' : 'untrash', item: lastChanged },
  ]);

/** A file moves from a folder not listed yet to the root, which is already listed, so no listing contains it. */
const movesToListedFolder = fc.tuple(nat, momentOn('list', 3, 2)).map(([item, at]): Operation[] => [
  plainRun,
  runWith('reconcile', {
    kind: 'change',
    at,
    operations: [{ kind: 'move', what: 'file', item, place: intoRoot }],
  }),
]);

const listingFault = fc
  .record({
    fault: fc.oneof(
      fc.constantFrom(...incompleteListingFaults.reported),
      fc.constantFrom(...incompleteListingFaults.detected),
    ),
    nth: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ fault, nth }): Disturbance => ({ kind: 'driveFault', on: 'list', nth, fault }));

/** A listing is incomplete after a file changed, so the changed file may be missing from it. */
const incompleteListing = fc
  .tuple(changePair, listingFault)
  .map(([{ first }, disturbance]): Operation[] => [...first, runWith('reconcile', disturbance)]);

/** A folder comes back, and its listing is incomplete. */
const incompleteFolder = fc
  .tuple(nat, listingFault)
  .map(([item, disturbance]): Operation[] => [
    { kind: 'trash', what: 'folder', item },
    plainRun,
    { kind: 'untrash', item: lastChanged },
    runWith('plain', { ...disturbance, ...(disturbance.kind === 'driveFault' && { nth: 1 }) }),
  ]);

/** Every file of a folder is trashed, and the folder stays. */
const emptiedFolder: fc.Arbitrary<Operation[]> = fc.oneof(
  nat.map((item): Operation[] => [{ kind: 'clear', item, how: 'trash' }]),
  // More files than the guard allows. No folder leaves, because that alone would turn the run into a reconcile.
  fc
    .integer({ min: 11, max: 13 })
    .map((count): Operation[] => [
      { kind: 'addFolderOfBooks', place: intoRoot, count },
      plainRun,
      { kind: 'clear', item: lastChanged, how: 'trash' },
    ]),
);

/**
 * A folder with more books than the guard allows is trashed. Before that removal is approved, another such folder is
 * trashed, so the approved number no longer matches.
 */
const outdatedApproval: fc.Arbitrary<Operation[]> = fc
  .integer({ min: 11, max: 13 })
  .map((count) => [
    { kind: 'addFolderOfBooks', place: intoRoot, count },
    { kind: 'addFolderOfBooks', place: intoRoot, count },
    plainRun,
    { kind: 'trash', what: 'folder', item: lastChanged },
    plainRun,
    { kind: 'trash', what: 'folder', item: changedBefore },
    { ...plainRun, request: 'approve' },
  ]);

/** Any scenario, followed by a plain undisturbed run. */
export const scenario: fc.Arbitrary<Operation[]> = fc
  .oneof(
    { weight: 3, arbitrary: changesWhileListing },
    { weight: 3, arbitrary: changesWhileReadingFeed },
    { weight: 2, arbitrary: writesBeforeCommit },
    { weight: 4, arbitrary: overlappingNewerRun },
    { weight: 2, arbitrary: rootDisappears },
    { weight: 2, arbitrary: changesBelowHiddenFolder },
    { weight: 2, arbitrary: folderDisappears },
    { weight: 2, arbitrary: movesToListedFolder },
    { weight: 3, arbitrary: incompleteListing },
    { weight: 1, arbitrary: incompleteFolder },
    { weight: 2, arbitrary: emptiedFolder },
    { weight: 1, arbitrary: outdatedApproval },
  )
  .map((operations) => [...operations, plainRun]);

/** A first import that is killed between two commits (or not), and a plain run that has to complete it. */
export const interruptedImport: fc.Arbitrary<Operation[]> = fc
  .constantFrom<Disturbance>(
    { kind: 'kill', at: { on: 'commit', nth: 2 }, delivered: false },
    { kind: 'kill', at: { on: 'commit', nth: 1 }, delivered: true },
    { kind: 'none' },
  )
  .map((disturbance) => [runWith('plain', disturbance), plainRun]);
