/** The stored checkpoint: one that an earlier version wrote stays readable, and its fields keep their names. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointFields, readCheckpointFields } from '../../../functions/sync/catalog/checkpoint.ts';
import { fingerprintOf } from '../../../functions/sync/core/config.ts';
import { openWorld, type World } from '../../support/world.ts';

/** A checkpoint that version 0.1.0 wrote, for a library in a shared drive. */
const stored = JSON.parse(readFileSync(new URL('checkpoint-0.1.0.json', import.meta.url), 'utf8'));

let world: World;
beforeEach(async () => {
  world = await openWorld({ sharedDrive: true });
});
afterEach(() => world.close());

test('reads a checkpoint that version 0.1.0 wrote, and writes the same fields again', () => {
  const read = readCheckpointFields(stored);
  if (read.kind === 'unreadable') throw new Error(read.why);
  expect(read.checkpoint.sharedDriveId).toBe(stored.driveId);
  expect(checkpointFields(read.checkpoint, stored.writer)).toEqual(stored);
});

test('a run continues from a checkpoint of version 0.1.0 with the changes feed', async () => {
  world.addBooks(3);
  await world.run();
  const own = await world.checkpoint();
  expect(Object.keys(own ?? {}).sort()).toEqual(Object.keys(stored).sort());
  // Take everything from the old document except the values that depend on this library and the current time.
  const { driveId, folders, shortcuts, pageToken, listedUntil, reconciledAt, books } = own ?? {};
  const ofThisLibrary = { driveId, folders, shortcuts, pageToken, listedUntil, reconciledAt, books };
  const settings = fingerprintOf(world.settings);
  await world.firestore
    .collection(world.settings.stateCollection)
    .doc(world.root)
    .set({ ...stored, ...ofThisLibrary, settings });
  world.addBooks(1);
  expect(await world.run()).toMatchObject({ mode: 'incremental', added: 1, books: 4 });
  expect(await world.checkpoint()).toMatchObject({ driveId, books: 4 });
});
