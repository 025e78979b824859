/**
 * Large libraries and many changes at once, with the built bundle. Sizes are small by default. With HEAVY set they are
 * 50,000 changes, 50,000 files in one folder, and 10,000 folders. Asserts the counts, prints memory and times, and
 * checks the memory against its limit.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../functions/cli/local-runtime/emulators.ts';
import { type Checkpoint, checkpointFields, fits } from '../../functions/sync/catalog/checkpoint.ts';
import { rulesVersion } from '../../functions/sync/metadata/rules-version.ts';
import { openFirestore } from '../../scripts/bench/firestore.ts';
import { buildPrograms, type Programs } from '../../scripts/bench/programs.ts';
import { buildForTest, type Deployed, deploy, environmentOf } from '../support/function.ts';
import { openWorld, type World } from '../support/world.ts';

const heavy = Boolean(process.env.HEAVY);
const sizes = { files: heavy ? 50_000 : 1_000, folders: heavy ? 10_000 : 150 };
/** The smallest memory setting of the function is 512 MiB. */
const maxMegabytes = 400;
const timeout = heavy ? 3_600_000 : 120_000;

let bundle: Awaited<ReturnType<typeof buildForTest>>;
let world: World;
let running: Deployed | undefined;
/**
 * For 50,000 changes, a Firestore with indexes: Google's emulator scans all documents for each file that is queried.
 * The benchmark checks that both give the same counts.
 */
let programs: Programs | undefined;
let indexed: Emulator | undefined;
beforeAll(async () => {
  bundle = await buildForTest();
  if (!heavy) return;
  programs = await buildPrograms();
  indexed = await openFirestore('indexed', programs.indexedFirestore);
});
afterAll(async () => {
  await bundle.remove();
  await indexed?.stop();
  await programs?.remove();
});
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await world.close();
});

/** Starts the function, which prints its peak memory on SIGUSR2. */
async function start(firestore?: Emulator): Promise<Deployed> {
  const code =
    "console.log(process.pid);process.on('SIGUSR2',()=>console.log('peak '+process.resourceUsage().maxRSS))";
  running = await deploy(bundle.directory, {
    ...environmentOf(world),
    WRITES_PER_SECOND: '10000',
    RUN_SECONDS: '3600',
    ...(firestore ? { FIRESTORE_EMULATOR_HOST: firestore.host } : {}),
    // Node's heap limit in a container of 512 MiB. Without it, garbage would grow to gigabytes here.
    NODE_OPTIONS: `--max-old-space-size=256 --import=data:text/javascript,${encodeURIComponent(code)}`,
  });
  return running;
}

interface Shown {
  [field: string]: unknown;
  driveCalls: number;
}

/** Sends one request, and returns the fields of the run's last log line. */
async function request(
  what: string,
  { deliver, entries, lines }: Deployed,
  attributes: Record<string, string> = {},
): Promise<Shown> {
  const ended = () =>
    entries.filter(({ event, severity }) => event === 'run_completed' || severity === 'ERROR');
  const before = ended().length;
  // The log shows when the run ends: the largest runs take longer than any HTTP client waits for a response.
  void deliver({ attributes }).catch(() => {});
  while (ended().length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  const peaks = () => lines.filter((line) => line.startsWith('peak '));
  const asked = peaks().length;
  process.kill(Number(lines[0]), 'SIGUSR2');
  for (let waited = 0; peaks().length === asked && waited < 10_000; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const megabytes = Math.round(Number(peaks().at(-1)?.slice(5)) / 1024);
  const run = ended()[before] as unknown as Shown;
  expect(run).toMatchObject({ event: 'run_completed' });
  const { mode, added, updated, driveCalls, reads, writes, commits, durationMs } = run;
  console.log(
    `${what}: ${mode}, ${added} added, ${updated} updated, ${driveCalls} Drive calls, ${reads} reads, ` +
      `${writes} writes in ${commits} commits, ${(Number(durationMs) / 1000).toFixed(1)} s, peak ${megabytes} MB`,
  );
  expect(megabytes).toBeLessThan(maxMegabytes);
  return run;
}

test(`imports ${sizes.files} files in one folder, and then as many changes at once`, {
  timeout,
}, async () => {
  const ids = world.addBooks(sizes.files);
  const pages = Math.ceil(sizes.files / 1_000);
  const commits = Math.ceil(sizes.files / 400);
  const deployed = await start(indexed);
  const imported = await request(`${sizes.files} files in one folder`, deployed);
  expect(imported).toMatchObject({ added: sizes.files, commits, writes: sizes.files + commits });
  expect(imported.driveCalls).toBeLessThanOrEqual(pages + 4);

  for (const id of ids) world.drive.edit(id);
  const changed = await request(`${sizes.files} changes at once`, deployed);
  expect(changed).toMatchObject({ mode: 'incremental', updated: sizes.files, driveCalls: pages, commits });

  expect(await request('nothing new', deployed)).toMatchObject({ driveCalls: 1, reads: 1, writes: 0 });

  // As many changes outside the library: somebody fills another folder of the same Drive.
  const elsewhere = world.drive.addFolder({ name: 'Holidays', parent: 'root' }).id;
  for (let i = 0; i < sizes.files; i++) world.drive.addFile({ name: `${i}.jpg`, parent: elsewhere });
  expect(await request(`${sizes.files} changes elsewhere in the Drive`, deployed)).toMatchObject({
    mode: 'incremental',
    writes: 1,
  });
});

test(`imports ${sizes.folders} folders with a book in each`, { timeout }, async () => {
  const folders = [world.root];
  for (let i = 1; i <= sizes.folders; i++) {
    const parent = folders[Math.floor((i - 1) / 8)] ?? world.root;
    folders.push(world.drive.addFolder({ name: `Folder ${i}`, parent }).id);
    world.drive.addFile({ name: `Book ${i} - Ann Author.pdf`, parent: folders[i] ?? '' });
  }
  const deployed = await start();
  const imported = await request(`${sizes.folders} folders`, deployed);
  expect(imported).toMatchObject({ added: sizes.folders });
  expect(imported.driveCalls).toBeLessThanOrEqual(folders.length + 4);
  expect((await world.checkpoint())?.folders).toHaveLength(folders.length);
  // From here on the changes feed is enough, however many folders the checkpoint lists.
  world.drive.addFile({ name: 'Late - Ann Author.pdf', parent: folders.at(-1) ?? '' });
  expect(await request('one more book', deployed)).toMatchObject({
    mode: 'incremental',
    added: 1,
    driveCalls: 1,
  });
});

const checkpointOf = (folders: string[], shortcuts: Record<string, string> = {}): Checkpoint => ({
  pageToken: 'token',
  sharedDriveId: null,
  folders,
  shortcuts,
  listedUntil: null,
  reconciledAt: new Date().toISOString(),
  reconcileTriedAt: null,
  rules: rulesVersion,
  settings: 'fingerprint',
  books: 1,
  held: null,
  heldUpdates: null,
  runs: [],
});
const idOf = (index: number) => `1${String(index).padStart(32, '0')}`;

test('the checkpoint holds 26,470 folders with Drive IDs of 33 characters, but not one more', async () => {
  const folders = Array.from({ length: 26_470 }, (_, index) => idOf(index));
  expect(fits(checkpointOf(folders))).toBe(true);
  expect(fits(checkpointOf([...folders, idOf(26_470)]))).toBe(false);
  // A shortcut takes two IDs, one of them as a field name.
  const shortcuts = Object.fromEntries(
    folders.slice(0, 13_235).map((id, index) => [id, idOf(50_000 + index)]),
  );
  expect(fits(checkpointOf([], shortcuts))).toBe(true);
  expect(fits(checkpointOf([idOf(0)], shortcuts))).toBe(false);

  // Firestore accepts the largest checkpoint of either kind.
  const state = world.firestore.collection(world.settings.stateCollection);
  await state.doc('folders').create(checkpointFields(checkpointOf(folders), 'writer'));
  await state.doc('shortcuts').create(checkpointFields(checkpointOf([], shortcuts), 'writer'));
  const small = checkpointFields(checkpointOf([...folders, idOf(26_470)]), 'writer');
  expect(small).toMatchObject({ pageToken: null, folders: [], shortcuts: {} });
});

test('a library whose folders do not fit in the checkpoint is listed by every run, and stays in sync', {
  timeout,
}, async () => {
  // Long IDs instead of many folders.
  const folders = Array.from({ length: 950 }, (_, index) => `${'f'.repeat(970)}-${index}`);
  for (const id of folders) world.drive.addFolder({ name: id.slice(-9), parent: world.root, id });
  const [book = ''] = world.addBooks(3, folders[7]);
  const deployed = await start();
  expect(await request('folders that do not fit', deployed)).toMatchObject({ mode: 'reconcile', added: 3 });
  expect(await world.checkpoint()).toMatchObject({ pageToken: null, folders: [], books: 3 });

  world.drive.rename(book, 'Emma - Jane Austen (1815).pdf');
  world.drive.addFile({ name: 'Late - Ann Author.pdf', parent: folders[949] ?? '' });
  expect(await request('the same, with a renamed book', deployed)).toMatchObject({
    mode: 'reconcile',
    added: 1,
    updated: 1,
  });

  // When folders are removed and the rest fits again, the changes feed is used again.
  for (const id of folders.slice(50, 900)) world.drive.delete(id);
  expect(await request('fewer folders', deployed)).toMatchObject({ mode: 'reconcile', removed: 0 });
  world.drive.rename(book, 'Persuasion - Jane Austen (1817).pdf');
  expect(await request('from the changes feed again', deployed)).toMatchObject({
    mode: 'incremental',
    updated: 1,
  });
});
