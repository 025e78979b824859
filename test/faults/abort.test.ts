/**
 * A run can end at any moment of an API call. Whatever is in progress must then be canceled without leaving anything
 * open.
 */
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../functions/sync/catalog/catalog.ts';
import { createDeadline } from '../../functions/sync/core/deadline.ts';
import { createLogs } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { createRetry } from '../../functions/sync/core/retry.ts';
import { createMeter } from '../../functions/sync/core/usage.ts';
import { openDrive } from '../../functions/sync/drive/client.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

// An unhandled error would end the process, and the test with it.
test('a Drive call that is canceled at any moment ends', async () => {
  const logs = createLogs(() => {}, createRedactor([]));
  for (let moment = 0; moment < 120; moment++) {
    const deadline = createDeadline(60);
    const retry = createRetry({ logs, deadline });
    const drive = openDrive({ settings: world.settings, meter: createMeter(), retry, deadline });
    const asked = drive.get(world.root).then(
      (item) => item.name,
      (error) => error.name,
    );
    for (let turns = 0; turns < moment % 40; turns++) await new Promise((resolve) => setImmediate(resolve));
    if (moment >= 80) await sleep(moment - 80);
    deadline.end();
    expect(['Books', 'DeadlineReached']).toContain(await asked);
  }
});

// If Firestore's client is closed while it initializes, it rejects a promise that no caller can handle.
test('a Firestore call that is canceled at any moment ends, and its connection closes', async () => {
  const logs = createLogs(() => {}, createRedactor([]));
  for (let moment = 0; moment < 120; moment++) {
    const deadline = createDeadline(60);
    const retry = createRetry({ logs, deadline });
    const catalog = openCatalog({ settings: world.settings, meter: createMeter(), retry, deadline });
    const asked = catalog.readCheckpoint().then(
      (stored) => (stored.checkpoint ? 'a checkpoint' : 'no checkpoint'),
      (error) => error.name,
    );
    for (let turns = 0; turns < moment % 40; turns++) await new Promise((resolve) => setImmediate(resolve));
    if (moment >= 80) await sleep(moment - 80);
    deadline.end();
    await catalog.close();
    expect(['no checkpoint', 'DeadlineReached']).toContain(await asked);
  }
});

test('an outage, in which each retry opens a new connection, leaves no abort listeners behind', async () => {
  const deadline = createDeadline(60);
  const logs = createLogs(() => {}, createRedactor([]));
  const retry = createRetry({ logs, deadline, baseMs: 1 });
  const drive = openDrive({ settings: world.settings, meter: createMeter(), retry, deadline });
  const cut = { match: { method: 'files.get' }, fault: { kind: 'cut' }, times: Infinity } as const;
  const outage = world.driveEmulator.faults.add(cut);
  await expect(drive.get(world.root)).rejects.toMatchObject({ name: 'NetworkError' });
  expect(outage.hits).toBe(9);
  // The listener of the newest connection.
  expect(getEventListeners(deadline.signal, 'abort')).toHaveLength(1);
  deadline.end();
});
