/** Tests `catalog-sync status`: what it shows, what it reads, and when it says that action is needed. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ago } from '../../../functions/cli/shared/show.ts';
import { readStatus } from '../../../functions/cli/status/read-status.ts';
import { formatStatus } from '../../../functions/cli/status/show-status.ts';
import type { StatusDocument } from '../../../functions/cli/status/status-document.ts';
import type { RunRecord } from '../../../functions/sync/catalog/run-record.ts';
import { createRedactor } from '../../../functions/sync/core/redact.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { everythingIn, reads } from '../../support/dry.ts';
import type { Verdict } from '../../support/firestore-proxy.ts';
import { envOf, type Installation, install } from '../../support/installation.ts';
import { openWorld, type World } from '../../support/world.ts';

const hourMs = 3_600_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const state = () => world.firestore.doc(`sync_state/${world.root}`);

interface LookOptions {
  callTimeoutMs?: number;
  seconds?: number;
  verdict?: Verdict;
}

/** Reads the status, and checks that this wrote nothing. */
async function look(
  values: Record<string, string> = { PAUSED: 'false' },
  { verdict = 'pass', ...limits }: LookOptions = {},
): Promise<StatusDocument> {
  const calls: string[] = [];
  world.judge = ({ method }) => {
    calls.push(method);
    return verdict;
  };
  const before = await everythingIn(world);
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = world.firestoreHost;
  try {
    const run = { settings: world.settings, identity: 'oauth', values } as const;
    return await readStatus({
      environment: 'dev',
      run,
      redact: createRedactor([]),
      retryBaseMs: 5,
      ...limits,
    });
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = emulator;
    expect(calls.filter((method) => !reads.includes(method))).toEqual([]);
    expect(await everythingIn(world)).toEqual(before);
  }
}

const record = (more: Partial<RunRecord>): RunRecord => ({
  id: 'a',
  began: hoursAgo(1),
  last: hoursAgo(1),
  mode: 'incremental',
  reason: 'changes since the last run',
  outcome: 'completed',
  counts: { added: 1, updated: 2, removed: 3, restored: 4, held: 0, parseProblems: 0 },
  cost: { driveCalls: 1, reads: 7, writes: 8, deletes: 0, commits: 1 },
  durationMs: 1_500,
  problems: [],
  failure: null,
  times: 1,
  ...more,
});

const failure = {
  class: 'AuthenticationError',
  reason: 'invalid_grant',
  message: 'No token',
  hint: 'Get one.',
};

describe('attention', () => {
  test.each<[string, () => unknown, RegExp | undefined, Record<string, string>?]>([
    ['is empty if all is well', () => world.run(), undefined],
    ['reports that no run has happened yet', () => {}, /No run has written anything yet/],
    ['is empty if no run has happened and the scheduler is paused', () => {}, undefined, { PAUSED: 'true' }],
    // dev is paused unless .env.dev says otherwise.
    ['is empty if no run has happened and PAUSED is not set', () => {}, undefined, {}],
    [
      'reports held removals',
      async () => {
        const ids = world.addBooks(12);
        await world.run();
        for (const id of ids) world.drive.trash(id);
        await world.run();
      },
      /^Holding 12 removals for approval\. If this is correct, run: npx catalog-sync sync --env dev --approve-removals 12$/,
      { PAUSED: 'true' },
    ],
    [
      'reports that the last run failed',
      async () => {
        await world.run();
        await state().update({ runs: [record({ outcome: 'failed', failure, times: 5 })] });
      },
      /^The last recorded run failed, like the 4 before it: No token\. What to do: Get one\.$/,
      { PAUSED: 'true' },
    ],
    [
      'reports an overdue reconcile',
      async () => {
        await world.run();
        await state().update({ reconciledAt: hoursAgo(24 + 4) });
      },
      /scheduled reconcile is more than 3 h overdue/,
    ],
    [
      'is empty if a reconcile has been due for a short time only',
      async () => {
        await world.run();
        await state().update({ reconciledAt: hoursAgo(24 + 2) });
      },
      undefined,
    ],
    [
      'is empty if a reconcile is overdue and the scheduler is paused',
      async () => {
        await world.run();
        await state().update({ reconciledAt: hoursAgo(100) });
      },
      undefined,
      { PAUSED: 'true' },
    ],
    [
      'reports a first reconcile that no run has resumed',
      async () => {
        await world.run();
        await state().update({
          pageToken: null,
          reconciledAt: null,
          runs: [record({ outcome: 'continues', last: hoursAgo(4) })],
        });
      },
      /first reconcile is incomplete/,
    ],
    [
      'reports an error of Drive',
      async () => {
        await world.run();
        const fault = { kind: 'status', status: 403, reason: 'accessNotConfigured' } as const;
        world.driveEmulator.faults.add({ match: { method: 'changes.list' }, fault, times: Infinity });
      },
      /^Cannot read the changes feed: Drive returned 403 \(accessNotConfigured\).*What to do: /,
    ],
    [
      'is empty if the page token has expired, which the next run fixes by itself',
      async () => {
        await world.run();
        world.drive.feeds.expireTokens();
      },
      undefined,
    ],
  ])('%s', async (_, prepare, attention, values) => {
    await prepare();
    const status = await look(values);
    if (!attention) expect(status.attention).toEqual([]);
    else expect(status.attention).toEqual([expect.stringMatching(attention)]);
    const text = formatStatus(status, Date.now());
    expect(text).toContain(attention ? 'Needs attention:' : 'No action needed.');
  });

  test('reports a change that has waited in Drive for too long, although nothing in Firestore shows it', async () => {
    const nowMs = Date.now() - 5 * hourMs;
    await world.close();
    world = await openWorld({ drive: { now: () => new Date(nowMs) } });
    await world.run();
    world.addBooks(1);
    const { attention, waiting } = await look();
    expect(waiting).toMatchObject({ changes: 1, more: false });
    expect(attention).toEqual([
      expect.stringMatching(/^Changes in Drive have been waiting for more than 3 h/),
    ]);
  });
});

describe('shows', () => {
  test('the number of books, the books without an author, and the cost of reading the status', async () => {
    const { drive, root } = world;
    world.addBooks(3);
    const [anonymous = '', , gone = ''] = ['scan0001.pdf', 'scan0002.pdf', 'scan0003.pdf'].map(
      (name) => drive.addFile({ name, parent: root }).id,
    );
    await world.run();
    // Of the three, one gets an author and one leaves the library.
    await world.firestore.doc(`books/${anonymous}`).update({ author: 'Ann' });
    drive.trash(gone);
    await world.run();
    await world.firestore
      .doc('sync_state/1AnotherFolder')
      .set({ format: 1, books: 7, reconciledAt: hoursAgo(50) });
    await world.firestore.doc('sync_state/doctor-1').set({ something: 'else' });
    const status = await look();
    expect(status).toMatchObject({
      books: 5,
      authorless: { count: 1, exact: true, files: ['scan0002.pdf'] },
      otherCheckpoints: [{ folder: '1AnotherFolder', books: 7 }],
      waiting: { changes: 0, oldest: null, problem: null },
      nextReconcile: { reason: 'every 24 h' },
      // The checkpoint, three documents of the state collection, a count, two books without an author.
      cost: { reads: 1 + 3 + 1 + 2, driveCalls: 1 },
    });
    const text = formatStatus(status, Date.now());
    expect(text).toMatch(/Freshness: +up to date/);
    expect(text).toMatch(/Without author: +1 book;.*\n +scan0002\.pdf\n/);
    expect(text).toMatch(/1AnotherFolder, 7 books, last reconciled 2 days ago/);
    expect(text).toContain('Reading the status cost 7 Firestore reads, 1 Drive call and no writes.');
  });

  test('the count of a large catalog without reading more documents, marked as inexact', async () => {
    for (let i = 0; i < 25; i++) world.drive.addFile({ name: `scan${i}.pdf`, parent: world.root });
    await world.run();
    const status = await look();
    expect(status.authorless).toMatchObject({ count: 25, exact: false, files: { length: 10 } });
    expect(status.cost.reads).toBe(1 + 1 + 1 + 20);
    expect(formatStatus(status, Date.now())).toContain('25 books, including books that left the library');
  });

  test('the last runs as a table, and the last success', async () => {
    await world.run();
    await state().update({
      reconciledAt: hoursAgo(9),
      runs: [
        record({ outcome: 'failed', failure, times: 3 }),
        record({ last: hoursAgo(6), mode: 'reconcile' }),
      ],
    });
    const status = await look({ PAUSED: 'true' });
    expect(Date.parse(status.lastSuccess ?? '')).toBeCloseTo(Date.now() - 6 * hourMs, -4);
    const text = formatStatus(status, Date.now());
    expect(text).toMatch(
      /│ 1 hour ago +│ incremental │ failed: invalid_grant, 3 times │ +1 │ +2 │ +3 │ +4 │ +1 │ +7 │ +8 │ +1\.5 │/,
    );
    expect(text).toMatch(/│ 6 hours ago │ reconcile +│ completed/);
    expect(text).toMatch(/Last success: +6 hours ago/);
  });

  test('that the next run will reconcile, and why', async () => {
    await world.run(plainRequest, { removals: 'keep' });
    expect((await look()).nextReconcile).toEqual({ due: null, reason: 'the settings changed' });
    await state().update({ folders: 'none' });
    const status = await look();
    expect(status).toMatchObject({
      books: null,
      nextReconcile: { due: null, reason: 'the checkpoint is unreadable' },
    });
    expect(formatStatus(status, Date.now())).toMatch(/Books: +unknown/);
  });

  test.each([
    [0.4, '0 seconds ago'],
    [110, '2 minutes ago'],
    [7_200, '2 hours ago'],
    [-3_000, 'in 50 minutes'],
    [259_200, '3 days ago'],
  ])('a time %d s ago as "%s"', (seconds, words) => {
    const now = Date.now();
    expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(words);
  });
});

describe('if a service does not respond', () => {
  const limits = { callTimeoutMs: 300, seconds: 2 };

  test('reports the error of Drive and what to do, in addition to the data from Firestore', async () => {
    world.addBooks(2);
    await world.run();
    world.driveEmulator.faults.add({
      match: { method: 'changes.list' },
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'hang' },
    });
    const { waiting, attention, books } = await look({ PAUSED: 'true' }, limits);
    expect(waiting?.problem).toMatchObject({ class: 'NetworkError', reason: 'timeout' });
    expect(attention).toEqual([
      expect.stringMatching(
        /^Cannot read the changes feed: Drive did not respond within .* changes feed\. What to do: [A-Z]/,
      ),
    ]);
    expect(books).toBe(2);
  });

  test('throws an error for Firestore that says what to do', async () => {
    await expect(look({}, { ...limits, verdict: 'stall' })).rejects.toMatchObject({
      name: 'NetworkError',
      reason: 'timeout',
      message: expect.stringMatching(/^Firestore did not respond within /),
      hint: expect.stringMatching(/./),
    });
  });
});

describe('the command', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install();
  });
  afterAll(() => installation.remove());

  test.each<[string, string[], number, RegExp, Record<string, string>]>([
    ['exits with 0 if all is well', [], 0, /No action needed\.[\s\S]*and no writes\.\n$/, {}],
    [
      'prints JSON and exits with 3 if something needs attention',
      ['--json'],
      3,
      /^\{"environment":"dev",.*"attention":\["No run has[^\n]*\n$/,
      { PAUSED: 'false' },
    ],
    ['exits with 2 if a setting is invalid', [], 2, /REMOVALS is invalid/, { REMOVALS: 'burn' }],
  ])('%s', async (_, args, code, output, values) => {
    await installation.writeEnv({ ...envOf(world), ...values });
    const environment = { FIRESTORE_EMULATOR_HOST: world.firestoreHost };
    const said = await installation.run(['status', '--env', 'dev', ...args], { environment });
    expect(said.stdout + said.stderr).toMatch(output);
    expect(said.code).toBe(code);
  });

  test('says what to do if Firestore cannot be read', async () => {
    await installation.writeEnv(envOf(world));
    world.judge = () => ({ grpcStatus: 7, message: 'Missing or insufficient permissions.' });
    const environment = { FIRESTORE_EMULATOR_HOST: world.firestoreHost };
    const { code, stderr } = await installation.run(['status', '--env', 'dev'], { environment });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Cannot read the status: .*\(AuthenticationError, permissionDenied\)\n {2}What to do: Grant the role/,
    );
  });
});
