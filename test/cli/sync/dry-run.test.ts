/** Tests that a dry run predicts what the run then does, and writes nothing. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { PlanDocument } from '../../../functions/cli/sync/plan-document.ts';
import type { Settings } from '../../../functions/sync/core/config.ts';
import type { LogEntry } from '../../../functions/sync/core/logs.ts';
import { rulesVersion } from '../../../functions/sync/metadata/rules-version.ts';
import type { RunRequest } from '../../../functions/sync/trigger/event.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { everythingIn, planIn, reads } from '../../support/dry.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;

const names = [
  'Emma - Jane Austen (1815).pdf',
  'scan0001.pdf',
  'Walden_Henry Thoreau.epub',
  'Emma - J. Austen (1816).pdf',
  'notes.txt',
];
const which = fc.nat({ max: 30 });

/** One event: a change in Drive or in the catalog, or a run. */
const eventArbitrary = fc.oneof(
  fc.record({ kind: fc.constant('add'), name: fc.constantFrom(...names), inside: fc.boolean() }),
  fc.record({ kind: fc.constant('addMany'), count: fc.constantFrom(2, 14) }),
  fc.record({ kind: fc.constant('rename'), which, name: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constantFrom('edit', 'trash', 'untrash', 'moveOut', 'correct', 'forget'), which }),
  fc.record({ kind: fc.constantFrom('run', 'trashMost', 'trashFolder', 'olderRules') }),
) as fc.Arbitrary<HistoryEvent>;

interface HistoryEvent {
  kind: string;
  which?: number;
  name?: string;
  inside?: boolean;
  count?: number;
}

async function play(history: readonly HistoryEvent[], settings: Partial<Settings>): Promise<void> {
  const { drive, firestore, root } = world;
  const folder = drive.addFolder({ name: 'Shelf', parent: root }).id;
  const ids = world.addBooks(3, folder);
  const books = firestore.collection(world.settings.collection);
  for (const { kind, which = 0, name = '', inside, count = 0 } of history) {
    const id = ids[which % ids.length] ?? '';
    if (kind === 'add') ids.push(drive.addFile({ name, parent: inside ? folder : root }).id);
    if (kind === 'addMany') ids.push(...world.addBooks(count));
    if (kind === 'rename') drive.rename(id, name);
    if (kind === 'edit') drive.edit(id);
    if (kind === 'trash') drive.trash(id);
    if (kind === 'untrash') drive.untrash(id);
    if (kind === 'moveOut') drive.move(id, 'root');
    if (kind === 'trashMost') for (const most of ids.slice(2)) drive.trash(most);
    if (kind === 'trashFolder') drive.trash(folder);
    if (kind === 'run') await world.run(plainRequest, settings);
    // Changes that a person or another program makes to an existing document.
    const { exists } = await books.doc(id).get();
    if (kind === 'correct' && exists) await books.doc(id).update({ author: 'Corrected' });
    if (kind === 'forget' && exists) await books.doc(id).delete();
    if (kind === 'olderRules')
      for (const { ref } of (await books.get()).docs)
        await ref.update({ title: 'Old', 'sync.written.title': 'Old', 'sync.rules': rulesVersion - 1 });
  }
}

const driveIdsOf = (entries: readonly object[]) =>
  (entries as { driveId?: unknown }[]).map(({ driveId }) => driveId).sort();
const said = (logs: LogEntry[], event: string) => logs.filter((entry) => entry.event === event);

/** Returns the changes of each document as they are after a JSON round trip. */
function changesOf(entries: readonly object[]): unknown {
  const plain = (changes: unknown) =>
    Object.fromEntries(
      Object.entries(changes as Record<string, { from?: unknown; to?: unknown }>).map(
        ([field, { from, to }]) => [field, { from: from ?? null, to: to ?? null }],
      ),
    );
  return Object.fromEntries(
    (entries as { docId?: unknown; changes?: unknown }[]).map(({ docId, changes }) => [
      docId,
      plain(changes),
    ]),
  );
}

async function expectSame(
  plan: PlanDocument,
  request: RunRequest,
  settings: Partial<Settings>,
): Promise<void> {
  const from = world.logs.length;
  const outcome = await world.run(request, settings);
  const logs = world.logs.slice(from);
  if (outcome.kind !== 'completed') throw new Error(`the run ended as ${outcome.kind}`);
  expect(driveIdsOf(plan.added)).toEqual(driveIdsOf(said(logs, 'book_added')));
  expect(changesOf(plan.updated)).toEqual(changesOf(said(logs, 'book_updated')));
  expect(changesOf(plan.restored)).toEqual(changesOf(said(logs, 'book_restored')));
  expect(driveIdsOf(plan.removed)).toEqual(driveIdsOf(said(logs, 'book_removed')));
  const { usage, mode, reason, held, heldUpdates, books } = outcome;
  expect({
    mode: plan.mode,
    reason: plan.reason,
    held: plan.held.removals?.count ?? 0,
    heldUpdates: plan.held.updates?.count ?? 0,
    books: plan.books.after,
  }).toEqual({ mode, reason, held, heldUpdates, books });
  const { writes, deletes, commits } = plan.wouldCost;
  expect({ ...plan.cost, writes, deletes, commits }).toEqual(usage);

  const after = await world.books();
  for (const { docId, title, author, year } of plan.added.map((book) => ({ ...book, docId: book.driveId })))
    expect(after.get(docId)).toMatchObject({ title, author, year });
  for (const { docId, field, value, fileSays } of plan.kept) {
    expect(after.get(docId)?.[field] ?? null).toEqual(value);
    expect(value).not.toEqual(fileSays);
  }
}

test('predicts the run for random libraries and histories', async () => {
  let updates = 0;
  let holds = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(eventArbitrary, { maxLength: 10 }),
      fc.constantFrom<Settings['removals']>('mark', 'delete', 'keep'),
      fc.constantFrom<RunRequest>(plainRequest, plainRequest, reconcileRequest, {
        reconcile: false,
        approvedRemovals: 100,
        approvedUpdates: 100,
      }),
      async (history, removals, request) => {
        world = await openWorld();
        try {
          const settings = { removals };
          await play(history, settings);
          const before = await everythingIn(world);
          const { plan, calls } = await planIn(world, request, settings);
          expect(await everythingIn(world)).toEqual(before);
          expect(calls.filter((method) => !reads.includes(method))).toEqual([]);
          updates += plan.updated.length;
          holds += plan.held.removals || plan.held.updates ? 1 : 0;
          await expectSame(plan, request, settings);
        } finally {
          await world.close();
        }
      },
    ),
    {
      numRuns: 25,
      // These must be covered: held removals, held updates, a kept correction.
      examples: [
        [[{ kind: 'addMany', count: 14 }, { kind: 'run' }, { kind: 'trashMost' }], 'mark', plainRequest],
        [[{ kind: 'addMany', count: 14 }, { kind: 'run' }, { kind: 'olderRules' }], 'mark', reconcileRequest],
        [
          [{ kind: 'run' }, { kind: 'correct', which: 0 }, { kind: 'edit', which: 0 }],
          'delete',
          plainRequest,
        ],
      ],
    },
  );
  expect(updates).toBeGreaterThan(0);
  expect(holds).toBeGreaterThan(1);
}, 240_000);

describe('writes nothing and reports', () => {
  afterEach(() => world.close());
  const four = Array(4).fill(expect.objectContaining({ title: expect.stringMatching(/^Book/) }));
  const readonly = ['https://www.googleapis.com/auth/drive.readonly'];
  test.each<{
    what: string;
    prepare: () => unknown;
    request?: RunRequest;
    settings?: Partial<Settings>;
    expected: object;
  }>([
    { what: 'a first run', prepare: () => {}, expected: { mode: 'reconcile', reason: 'first run' } },
    {
      what: 'that there is nothing to do',
      prepare: () => world.run(),
      expected: {
        reason: 'changes since the last run',
        added: [],
        wouldCost: { writes: 0, deletes: 0, commits: 0 },
        cost: { driveCalls: 1, reads: 1 },
      },
    },
    {
      what: 'that no book would be read if none has changed',
      prepare: () => world.run(),
      settings: { embeddedMetadata: 'fill' },
      request: reconcileRequest,
      expected: { toRead: [], mode: 'reconcile' },
    },
    {
      what: 'which books a first run would read',
      prepare: () => {},
      settings: { embeddedMetadata: 'fill' },
      expected: { toRead: four, added: four },
    },
    {
      what: 'that the checkpoint cannot be used',
      async prepare() {
        await world.run();
        await world.firestore.doc(`sync_state/${world.root}`).update({ folders: 'none' });
      },
      expected: {
        reason: 'the checkpoint is unreadable',
        warnings: ['The checkpoint cannot be used; this run reconciles the whole library instead'],
      },
    },
    {
      what: 'that the library cannot be listed completely',
      async prepare() {
        await world.run();
        world.driveEmulator.faults.add({
          match: { method: 'files.list' },
          fault: { kind: 'incompleteSearch', missing: 1 },
          times: Infinity,
        });
      },
      request: reconcileRequest,
      expected: {
        removed: [],
        problem: { class: 'DriveScanError', reason: 'incompleteSearch', hint: expect.any(String) },
      },
    },
    {
      what: 'that a due reconcile does not fit into the run',
      async prepare() {
        await world.run();
        await world.firestore
          .doc(`sync_state/${world.root}`)
          .update({ reconciledAt: '2020-01-01T00:00:00.000Z' });
        world.driveEmulator.faults.add({
          match: { method: 'files.list' },
          fault: { kind: 'hang' },
          times: Infinity,
        });
      },
      settings: { runSeconds: 6 },
      expected: { mode: 'incremental', problem: { reason: 'outOfTime' } },
    },
  ])('$what', async ({ prepare, request, settings, expected }) => {
    world = await openWorld({ scopes: readonly });
    world.addBooks(4);
    await prepare();
    const before = await everythingIn(world);
    const { plan, calls } = await planIn(world, request, settings);
    expect(plan).toMatchObject({ ...expected, environment: 'dev' });
    expect(calls.filter((method) => !reads.includes(method))).toEqual([]);
    expect(await everythingIn(world)).toEqual(before);
    // A dry run does not read file content either.
    expect(world.driveEmulator.calls.count('files.download')).toBe(0);
  });
});
