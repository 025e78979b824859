/** What the sync may do in Drive: read metadata, and nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Call } from '../../functions/drive-emulator/faults/faults.ts';
import { metadataScope } from '../../functions/sync/drive/connection.ts';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  // The sandbox's refresh token grants drive.metadata.readonly and no more.
  world = await openWorld();
});
afterEach(() => world.close());

test('no call of an import, an incremental run or a reconcile is refused, and none is anything but a GET', async () => {
  const calls: Call[] = [];
  world.driveEmulator.faults.onCall((call) => {
    calls.push(call);
  });
  const [first = '', second = ''] = world.addBooks(5);
  await world.run();
  world.drive.edit(first);
  world.drive.trash(second);
  world.drive.addFile({
    name: 'Emma.pdf',
    parent: world.drive.addFolder({ name: 'New', parent: world.root }).id,
  });
  world.drive.addShortcut({ name: 'To Emma', parent: world.root, target: first });
  await world.run();
  await world.run(reconcileRequest);
  expect(world.said('run_failed')).toEqual([]);
  // The sandbox serves nothing that writes; what is asked of it beside tokens is metadata.
  const methods = new Set(calls.map(({ method }) => method));
  expect([...methods].sort()).toEqual([
    'changes.getStartPageToken',
    'changes.list',
    'files.get',
    'files.list',
    'oauth.token',
  ]);
  expect(calls.some(({ params }) => params.get('alt') === 'media')).toBe(false);
  expect(metadataScope).toBe('https://www.googleapis.com/auth/drive.metadata.readonly');
});

test('a call outside of what was granted is refused', async () => {
  const [book = ''] = world.addBooks(1);
  const url = `${world.driveEmulator.url}/drive/v3/files/${book}`;
  const ask = (path: string, scopes: string[], method = 'GET') =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.driveEmulator.issueToken({ scopes })}` },
    });
  expect((await ask('', [metadataScope])).status).toBe(200);
  expect((await ask('?alt=media', [metadataScope])).status).toBe(403);
  expect((await ask('', ['https://www.googleapis.com/auth/drive.file'])).status).toBe(403);
  expect((await ask('', [])).status).toBe(403);
  // Nothing that changes a Drive is there to be called.
  for (const method of ['POST', 'PATCH', 'DELETE', 'PUT'])
    expect((await ask('', ['https://www.googleapis.com/auth/drive'], method)).status).toBe(404);
});
