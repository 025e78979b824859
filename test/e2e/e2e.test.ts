/**
 * End-to-end tests. A message is published to a topic in Google's Pub/Sub emulator and pushed to the Functions
 * Framework with the built bundle, which uses the Drive emulator and Google's Firestore emulator.
 *
 * The tests run under this machine's Node version and, with `npm run test:runtime`, under the deployed one.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startPubsubEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { buildForTest, type Deployed, deploy, environmentOf } from '../support/function.ts';
import { openWorld, type World } from '../support/world.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';
import { createTopic, type Topic } from './pubsub.ts';

let pubsub: Emulator;
let bundle: Awaited<ReturnType<typeof buildForTest>>;
let world: World;
let door: FrontDoor;
let topic: Topic;
let running: Deployed | undefined;

beforeAll(async () => {
  [pubsub, bundle] = await Promise.all([startPubsubEmulator(), buildForTest()]);
});
afterAll(async () => {
  await bundle?.remove();
  await pubsub?.stop();
});
beforeEach(async () => {
  world = await openWorld();
  door = await openFrontDoor();
  topic = await createTopic(pubsub.host, door.url);
});
afterEach(async () => {
  // Detach the function first. A message that is still in flight then gets a 503, and its topic is not used again.
  door.function = undefined;
  await running?.stop();
  running = undefined;
  await door.close();
  await world.close();
});

describe(`under Node ${process.version}`, () => {
  /** Starts the function behind the front door. The first line of its output is its process id. */
  async function start(more: Record<string, string> = {}, preload = ''): Promise<Deployed> {
    running = await deploy(bundle.directory, {
      ...environmentOf(world),
      NODE_OPTIONS: importing(`console.log(process.pid);${preload}`),
      ...more,
    });
    door.function = running.url;
    return running;
  }

  test('a message starts a run', async () => {
    world.addBooks(3);
    const { entries, waitFor } = await start();
    await topic.publish();
    expect(await door.answered(1)).toMatchObject([{ status: 204 }]);
    expect(await waitFor('run_completed')).toMatchObject([{ mode: 'reconcile', added: 3 }]);
    expect(await world.titles()).toEqual(['Book 0', 'Book 1', 'Book 2']);
    // The Functions Framework converted the emulator's push request into a valid event.
    expect(entries.filter(({ severity }) => severity !== 'INFO')).toEqual([]);

    await topic.publish({ reconcile: 'true' });
    expect((await waitFor('run_completed', 2))[1]).toMatchObject({
      mode: 'reconcile',
      reason: 'a reconcile was requested',
    });
  });

  test('a message that is delivered twice adds each book once', async () => {
    world.addBooks(60);
    const { entries, waitFor } = await start();
    door.copies = 2;
    await topic.publish();
    expect(await door.answered(2)).toMatchObject([{ status: 204 }, { status: 204 }]);
    await waitFor('run_completed', 2);
    expect((await world.books()).size).toBe(60);
    expect(entries.filter(({ event }) => event === 'book_added')).toHaveLength(60);
  });

  test('a message that is delivered late is acknowledged and skipped with a warning', async () => {
    // Pub/Sub sets the publish time itself, so the function's clock is set two minutes ahead instead.
    const { waitFor } = await start(
      { EVENT_MAX_AGE_MINUTES: '1' },
      'const now=Date.now;Date.now=()=>now()+120000;',
    );
    await topic.publish();
    expect(await door.answered(1)).toMatchObject([{ status: 204 }]);
    expect(await waitFor('event_skipped')).toMatchObject([{ severity: 'WARNING', ageMinutes: 2 }]);
    expect(world.driveEmulator.calls.total).toBe(0);
  });

  test('ten messages at once are all acknowledged and add each book once', async () => {
    world.addBooks(60);
    const { entries } = await start();
    const ids = await topic.publish(...Array.from({ length: 10 }, () => ({})));
    await door.answered(10);
    expect(new Set(door.deliveries.map(({ messageId }) => messageId))).toEqual(new Set(ids));
    expect(door.deliveries.map(({ status }) => status)).toEqual(Array(10).fill(204));
    expect((await world.books()).size).toBe(60);
    expect(entries.filter(({ event }) => event === 'book_added')).toHaveLength(60);
    expect(entries.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  });

  test('a message is redelivered after the process is killed in the middle of a run, and the run completes', async () => {
    world.addBooks(1_000);
    const { lines } = await start({ WRITES_PER_SECOND: '400' });
    await topic.publish();
    // Some batches are committed and some are not: at 400 writes per second, there is a second between batches.
    await until(async () => (await world.books()).size >= 400);
    process.kill(Number(lines[0]), 'SIGKILL');
    const first = await door.answered(1);
    expect(first).toMatchObject([{ status: 0 }]);
    const left = (await world.books()).size;
    expect(left).toBeLessThan(1_000);

    door.function = undefined;
    await running?.stop();
    const second = await start();
    const [, again] = await door.answered(2);
    expect(again).toMatchObject({ messageId: first[0]?.messageId, status: 204 });
    expect(await second.waitFor('run_completed')).toMatchObject([{ added: 1_000 - left, books: 1_000 }]);
    expect((await world.books()).size).toBe(1_000);
  });

  test('a message is redelivered after a temporary failure, and the run completes', async () => {
    world.addBooks(3);
    const outage = world.driveEmulator.faults.add({
      match: { method: 'files.get' },
      fault: { kind: 'status', status: 503 },
      times: Number.POSITIVE_INFINITY,
    });
    const { waitFor } = await start({ RUN_SECONDS: '2' });
    await topic.publish();
    expect(await door.answered(1)).toMatchObject([{ status: 500 }]);
    outage.remove();
    const [first, again] = await door.answered(2);
    expect(again).toMatchObject({ messageId: first?.messageId, status: 204 });
    await waitFor('run_completed');
    expect(await world.titles()).toEqual(['Book 0', 'Book 1', 'Book 2']);
  });

  test('an import that exceeds the deadline is completed by continuations alone', async () => {
    world.addBooks(1_600);
    // At this rate, a batch of 400 takes two seconds: a run has time for two or three of the four.
    const { entries, waitFor } = await start({
      RUN_SECONDS: '5',
      WRITES_PER_SECOND: '200',
      CONTINUE_TOPIC: topic.name,
      PUBSUB_EMULATOR_HOST: pubsub.host,
    });
    const [request] = await topic.publish();
    const [last] = await waitFor('run_completed');
    expect(last).toMatchObject({ books: 1_600 });
    const progress = entries.filter(({ event }) => event === 'run_continues');
    const continued = progress.length;
    expect(continued).toBeGreaterThan(0);
    // Each log line counts the books of its own run. Together they are the whole import.
    const added = [...progress, last].map((entry) => Number(entry?.added));
    expect(added.reduce((sum, count) => sum + count)).toBe(1_600);
    for (const { added, writes, commits } of progress) expect(writes).toBe(Number(added) + Number(commits));
    await door.answered(1 + continued);
    // One message from outside; after that, each run published the message for the next.
    expect(door.deliveries.map(({ status }) => status)).toEqual(Array(1 + continued).fill(204));
    expect(door.deliveries.filter(({ attributes }) => attributes.continue === 'true')).toHaveLength(
      continued,
    );
    expect(door.deliveries[0]?.messageId).toBe(request);
    expect((await world.books()).size).toBe(1_600);
    expect(entries.filter(({ event }) => event === 'odd_event' || event === 'run_failed')).toEqual([]);
  });
});

/** The option that makes Node run code before the program. */
function importing(code: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 100) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Timed out waiting for the condition');
}
