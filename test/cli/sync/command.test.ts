/** Tests `catalog-sync sync` in separate processes, in a copy of the project whose path contains blanks. */
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { everythingIn } from '../../support/dry.ts';
import { envOf, type Installation, install, type Said } from '../../support/installation.ts';
import { openWorld, type World } from '../../support/world.ts';

let installation: Installation;
let world: World;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());
beforeEach(async () => {
  world = await openWorld();
  await installation.writeEnv(envOf(world));
});
afterEach(() => world.close());

interface StartOptions {
  cwd?: string;
  host?: string;
  environment?: Record<string, string>;
  stdout?: number;
}
function start(args: string[], options: StartOptions = {}) {
  const environment = {
    FIRESTORE_EMULATOR_HOST: options.host ?? world.firestoreHost,
    ...options.environment,
  };
  return installation.start(['sync', '--env', 'dev', ...args], { ...options, environment });
}
const run = (args: string[] = [], options: StartOptions = {}): Promise<Said> => start(args, options).ended;

const linesOf = (stdout: string) => stdout.trim().split('\n');

test('prints the log lines, then counts and cost, and has nothing to do the second time', async () => {
  world.addBooks(2);
  const first = await run();
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toContain('Added new book: Book 1\n');
  expect(linesOf(first.stdout).at(-1)).toMatch(
    /^reconcile: 2 added, 0 updated, 0 removed, 0 restored \(4 Drive calls, 115 quota units, 2 Firestore reads, 3 writes, .* s\)$/,
  );
  expect(await world.titles()).toEqual(['Book 0', 'Book 1']);
  const again = await run();
  expect(again.stdout).toMatch(
    /incremental: 0 added.*\(1 Drive call, 100 quota units, 1 Firestore read, 0 writes/,
  );
  // Without a terminal there are no colors.
  expect(first.stdout + again.stdout).not.toContain('\u001b');
});

test('uses no colors on a CI machine, unless FORCE_COLOR is set', async () => {
  const built = await run([], { environment: { CI: 'true' } });
  expect(built.stdout).toMatch(/^reconcile: 0 added/m);
  expect(built.stdout).not.toContain('\u001b');
  const colored = await run([], { environment: { FORCE_COLOR: '1' } });
  expect(colored.stdout).toContain('\u001b[1mincremental: 0 added');
});

test.each([[[]], [['--json']]])(
  'with the arguments %j, a run continues to its end and exit code after the reader closes the pipe',
  async (args) => {
    world.addBooks(700);
    const { child, until, ended } = start(args);
    await until('Added new book');
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(await world.titles()).toHaveLength(700);
  },
);

test.runIf(process.platform === 'linux')(
  'with a full disk for its output, a run continues to its end and then fails',
  async () => {
    world.addBooks(2);
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await run([], { stdout: full }).finally(() => closeSync(full));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot write the output: .*ENOSPC.*\n$/);
    expect(await world.titles()).toHaveLength(2);
  },
);

test('--json prints the log lines of the function and nothing else', async () => {
  world.addBooks(2);
  const { code, stdout, stderr } = await run(['--json', '--reconcile']);
  expect([code, stderr]).toEqual([0, '']);
  const entries = linesOf(stdout).map((line) => JSON.parse(line));
  expect(entries.map(({ event }) => event)).toEqual([
    'run_started',
    'book_added',
    'book_added',
    'run_completed',
  ]);
  expect(entries.at(-1)).toMatchObject({ severity: 'INFO', added: 2, writes: 3 });
});

describe('--dry-run', () => {
  test('shows a diff and writes nothing, and the run then makes these changes', async () => {
    const [edited = '', renamed = '', gone = ''] = world.addBooks(3);
    await world.run();
    await world.firestore.doc(`books/${edited}`).update({ author: 'Zoë' });
    world.drive.edit(edited);
    world.drive.rename(renamed, 'Renamed - Ann Author (2002).pdf');
    world.drive.trash(gone);
    world.drive.addFile({ name: 'Emma - Jane Austen (1815).pdf', parent: world.root });
    world.drive.addFile({ name: 'evil\u001b[31m\nname.pdf', parent: world.root });
    const before = await everythingIn(world);

    const { code, stdout, stderr } = await run(['--dry-run']);
    expect([code, stderr]).toEqual([0, '']);
    for (const line of [
      'Incremental: changes since the last run.',
      'Added (2)\n  + Emma - Jane Austen, 1815  [Emma - Jane Austen (1815).pdf]\n',
      '  ~ Renamed  [Renamed - Ann Author (2002).pdf]\n      title: "Book 1" -> "Renamed"\n      year: "2001" -> "2002"\n',
      'Removed (1)\n  - Book 2  [Book 2 - Ann Author (2001).pdf]\n',
      '      author: "Zoë" is kept (corrected by hand); the file says "Ann Author"\n',
      '2 to add, 2 to update, 1 to remove, 0 to restore; books in the catalog: 3 -> 4\n',
      'The run would make 6 writes in 1 commit, in addition to the cost of this dry run.\n',
      'Nothing was written.',
    ])
      expect(stdout).toContain(line);
    expect(stdout).not.toContain('\u001b');
    expect(await everythingIn(world)).toEqual(before);

    const { plan } = { plan: JSON.parse((await run(['--dry-run', '--json'])).stdout) };
    expect(Object.keys(plan)).toEqual([
      ...[
        'environment',
        'mode',
        'reason',
        'added',
        'updated',
        'restored',
        'removed',
        'held',
        'kept',
        'toRead',
      ],
      ...['warnings', 'problem', 'books', 'wouldCost', 'cost'],
    ]);
    expect((await run()).stdout).toMatch(
      /incremental: 2 added, 2 updated, 1 removed, 0 restored .* 6 writes/,
    );
  });

  test('reports held removals as the run does, and the run makes them after approval', async () => {
    const ids = world.addBooks(20);
    await world.run();
    for (const id of ids.slice(0, 12)) world.drive.trash(id);
    const approve = 'npx catalog-sync sync --env dev --approve-removals 12';
    for (const args of [['--dry-run'], []]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(3);
      expect(stdout).toContain(approve);
    }
    const json = JSON.parse((await run(['--dry-run', '--reconcile', '--json'])).stdout);
    expect(json.held.removals).toMatchObject({ count: 12, limit: 10, approve, books: { length: 12 } });
    // One more is gone now, and approving 12 does not approve 13.
    world.drive.trash(ids[12] ?? '');
    expect((await run(['--approve-removals', '12'])).code).toBe(3);
    expect((await run(['--approve-removals', '13', '--dry-run'])).stdout).toContain('Removed (13)');
    expect((await run(['--approve-removals', '13'])).code).toBe(0);
    expect(await world.titles()).toHaveLength(7);
  }, 90_000);
});

test('reads the settings in the project folder from any current directory', async () => {
  world.addBooks(1);
  const below = path.join(installation.directory, 'docs', 'deep');
  await mkdir(below, { recursive: true });
  expect((await run([], { cwd: below })).stdout).toContain('Added new book: Book 0');
  expect((await run([], { cwd: '/' })).code).toBe(0);
});

describe('reports in a sentence, with what to do,', () => {
  test.each<[string, string[], number, RegExp, Record<string, string>?]>([
    ['a missing environment', ['sync'], 2, /required option '--env <name>'/],
    ['an unknown environment', ['sync', '--env', 'test'], 2, /Allowed choices are dev, staging, prod/],
    [
      'a missing settings file',
      ['sync', '--env', 'prod'],
      2,
      /^Cannot load settings from .*catalog sync\/\.env\.prod:\n {2}- There is no \.env\.prod: copy \.env\.example/,
    ],
    [
      'a count that is not a number',
      ['sync', '--env', 'dev', '--approve-removals', 'all'],
      2,
      /'all' is invalid.*the reported number of changes/,
    ],
    [
      'an invalid setting',
      ['sync', '--env', 'dev'],
      2,
      /REMOVALS is invalid: expected mark, delete or keep/,
      { REMOVALS: 'burn' },
    ],
    [
      'a misspelled setting',
      ['sync', '--env', 'dev'],
      2,
      /BOOKS_COLLECTON is not a setting: correct or remove it\. \.env\.example lists all settings/,
      { BOOKS_COLLECTON: 'books_dev' },
    ],
    [
      'a misspelled identity',
      ['sync', '--env', 'dev'],
      2,
      /^Cannot load settings from .*\.env\.dev:\n {2}- IDENTITY is invalid: expected one of oauth, service-account, keyless\n$/,
      { IDENTITY: 'Keyless' },
    ],
    [
      'an expired token',
      ['sync', '--env', 'dev'],
      1,
      /Synchronization failed: Google rejected the Drive credentials: invalid_grant \(AuthenticationError, invalid_grant\)\n {2}What to do: The refresh token[^\n]*\n {2}To check all settings and permissions: npx catalog-sync doctor/,
      { GOOGLE_REFRESH_TOKEN: '1//an-expired-token' },
    ],
    [
      'an expired token in a dry run',
      ['sync', '--env', 'dev', '--dry-run'],
      1,
      /The run would fail: Google rejected the Drive credentials.*\n {2}What to do:/,
      { GOOGLE_REFRESH_TOKEN: '1//an-expired-token' },
    ],
    [
      'a folder that does not exist',
      ['sync', '--env', 'dev'],
      1,
      /not accessible \(DriveScanError, rootNotFound\)\n {2}What to do: Share the folder/,
      { GOOGLE_DRIVE_FOLDER_ID: '1NoSuchFolderAnywhereInThisDrive00' },
    ],
    [
      'a folder that does not exist, as JSON',
      ['sync', '--env', 'dev', '--dry-run', '--json'],
      1,
      /^\{"error":\{"class":"DriveScanError","reason":"rootNotFound","message":"[^"]*","hint":"[^"]*","retryable":false\}\}\n$/,
      { GOOGLE_DRIVE_FOLDER_ID: '1NoSuchFolderAnywhereInThisDrive00' },
    ],
  ])('%s', async (_, args, code, message, more = {}) => {
    await installation.writeEnv({ ...envOf(world), ...more });
    const environment = { FIRESTORE_EMULATOR_HOST: world.firestoreHost };
    const said = await installation.run(args, { environment });
    expect(said.code).toBe(code);
    expect(said.stdout + said.stderr).toMatch(message);
    // No stack trace and no secrets.
    expect(said.stdout + said.stderr).not.toMatch(/\bat .*\.ts:|GOCSPX-|1\/\//);
  });

  test('--help shows examples and exit codes', async () => {
    const { code, stdout } = await installation.run(['sync', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}npx catalog-sync sync --env dev --dry-run\n/);
    expect(stdout).toMatch(/Exit codes: 0 success/);
  });
});

describe('Ctrl-C', () => {
  test('during an import keeps and reports what is committed, and the next run continues', async () => {
    world.addBooks(1_300);
    await installation.writeEnv({ ...envOf(world), WRITES_PER_SECOND: '200' });
    const command = start([]);
    await command.until('Added new book');
    command.child.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('Stopping at the next safe point.');
    const reported = /Interrupted\. This run: (\d+) added/.exec(stdout)?.[1];
    const titles = await world.titles();
    expect(Number(reported)).toBe(titles.length);
    expect([400, 800]).toContain(titles.length);

    await installation.writeEnv(envOf(world));
    expect((await run()).stdout).toContain(`reconcile: ${1_300 - titles.length} added`);
    expect(await world.titles()).toHaveLength(1_300);
  }, 60_000);

  test('interrupts a dry run, as SIGTERM does', async () => {
    world.driveEmulator.faults.add({
      match: { method: 'files.list' },
      fault: { kind: 'hang' },
      times: Infinity,
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const calls = world.driveEmulator.calls.count('files.list');
      const command = start(['--dry-run']);
      while (world.driveEmulator.calls.count('files.list') === calls)
        await new Promise((resolve) => setTimeout(resolve, 20));
      command.child.kill(signal);
      expect(await command.ended).toMatchObject({
        code: 130,
        stdout: expect.stringMatching(/Interrupted\. Nothing was written\.\n$/),
      });
    }
  }, 60_000);

  test('pressed twice stops the command immediately, without further output', async () => {
    world.addBooks(1);
    let commits = 0;
    world.judge = ({ method }) => {
      if (method !== 'Commit') return 'pass';
      commits += 1;
      return 'stall';
    };
    const command = start([]);
    while (commits === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    command.child.kill('SIGINT');
    await command.until('Stopping at the next safe point.');
    // npm forwards the same Ctrl-C a second time.
    command.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 600));
    command.child.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(stdout).not.toContain('Interrupted.');
    expect(stdout.match(/Stopping at/g)).toHaveLength(1);
  }, 60_000);
});
