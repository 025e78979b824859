/** Checks that the sync can only read metadata in Drive. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Call } from '../../functions/drive-emulator/faults/faults.ts';
import { metadataScope } from '../../functions/sync/drive/connection.ts';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  // The Drive emulator's refresh token grants only drive.metadata.readonly.
  world = await openWorld();
});
afterEach(() => world.close());

test('an import, an incremental run and a reconcile only read metadata, and need no wider scope', async () => {
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
  // The Drive emulator has no methods that write. Apart from tokens, the sync requests only metadata.
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

test('a call outside the granted scope is rejected', async () => {
  const [book = ''] = world.addBooks(1);
  const url = `${world.driveEmulator.url}/drive/v3/files/${book}`;
  const request = (path: string, scopes: string[], method = 'GET') =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.driveEmulator.issueToken({ scopes })}` },
    });
  expect((await request('', [metadataScope])).status).toBe(200);
  expect((await request('?alt=media', [metadataScope])).status).toBe(403);
  expect((await request('', ['https://www.googleapis.com/auth/drive.file'])).status).toBe(403);
  expect((await request('', [])).status).toBe(403);
  // There are no methods that change a Drive.
  for (const method of ['POST', 'PATCH', 'DELETE', 'PUT'])
    expect((await request('', ['https://www.googleapis.com/auth/drive'], method)).status).toBe(404);
});
