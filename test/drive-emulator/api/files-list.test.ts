import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { get, googleClient, withDriveEmulator } from '../client.ts';

const allDrives = 'supportsAllDrives=true&includeItemsFromAllDrives=true';

/** Calls files.list with these parameters and returns the names of the files on all pages. */
async function namesOf(driveEmulator: DriveEmulator, parameters: string, headers = {}): Promise<string[]> {
  const names: string[] = [];
  let token = '';
  do {
    const page = token === '' ? '' : `&pageToken=${token}`;
    const reply = await get(driveEmulator, `files?${parameters}${page}`, headers);
    expect(reply.reason).toBeNull();
    const json = reply.json as { files: { name: string }[]; nextPageToken?: string };
    names.push(...json.files.map((file) => file.name));
    token = json.nextPageToken ?? '';
  } while (token !== '');
  return names;
}

test('pages of any size list every file once, in order, even if files are deleted between pages', async () => {
  const drive = new DriveModel();
  const driveEmulator = await startDriveEmulator(drive);
  const client = googleClient(driveEmulator);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(4), { maxLength: 4 }),
        fc.array(fc.nat()),
        async (count, pageSize, shortPages, deletions) => {
          const folder = drive.addFolder({ name: 'd', parent: 'root' });
          const ids = Array.from(
            { length: count },
            (_, n) => drive.addFile({ name: `${n}`, parent: folder.id }).id,
          );
          driveEmulator.behavior.shortPages = shortPages;
          const seen: string[] = [];
          const gone = new Set<string>();
          let pageToken: string | undefined;
          do {
            const page = await client.files.list({
              q: `'${folder.id}' in parents`,
              pageSize,
              ...(pageToken === undefined ? {} : { pageToken }),
            });
            expect(page.data.files?.length).toBeLessThanOrEqual(pageSize);
            seen.push(...(page.data.files ?? []).map((file) => file.id as string));
            pageToken = page.data.nextPageToken ?? undefined;
            const doomed = ids[(deletions.pop() ?? 0) % Math.max(1, count)];
            if (deletions.length > 0 && doomed !== undefined && !gone.has(doomed)) {
              drive.delete(doomed);
              gone.add(doomed);
            }
          } while (pageToken !== undefined);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => !gone.has(id))).toEqual(ids.filter((id) => !gone.has(id)));
        },
      ),
      { numRuns: 40 },
    );
  } finally {
    await driveEmulator.close();
  }
});

test('a full page that ends with the last file has no token; an empty page can have one', async () => {
  const drive = new DriveModel();
  for (const name of ['a', 'b', 'c', 'd']) drive.addFile({ name, parent: 'root' });
  await withDriveEmulator(drive, async (driveEmulator) => {
    const client = googleClient(driveEmulator);
    const fields = 'nextPageToken,files/name';
    expect((await client.files.list({ pageSize: 4, fields })).data.nextPageToken).toBeUndefined();
    driveEmulator.behavior.shortPages = [0, 2];
    const empty = (await client.files.list({ pageSize: 4, fields })).data;
    expect(empty.files).toEqual([]);
    expect(empty.nextPageToken).toBeTypeOf('string');
  });
});

test('the default page size is 100', async () => {
  const drive = new DriveModel();
  for (let n = 0; n < 101; n++) drive.addFile({ name: `${n}`, parent: 'root' });
  await withDriveEmulator(drive, async (driveEmulator) => {
    expect((await googleClient(driveEmulator).files.list()).data.files).toHaveLength(100);
    expect(await namesOf(driveEmulator, '')).toHaveLength(101);
  });
});

test('a query with several parents lists only the first, and the response claims to be complete', async () => {
  const drive = new DriveModel();
  for (const id of ['A', 'B']) {
    drive.addFolder({ id, name: id, parent: 'root' });
    drive.addFile({ name: `in ${id}`, parent: id });
  }
  await withDriveEmulator(drive, async (driveEmulator) => {
    const q = "('A' in parents or 'B' in parents) and trashed = false";
    const partial = await googleClient(driveEmulator).files.list({
      q,
      fields: 'incompleteSearch,files/name',
    });
    expect(partial.data).toEqual({ incompleteSearch: false, files: [{ name: 'in A' }] });
    driveEmulator.behavior.partialOrQueries = false;
    expect(await namesOf(driveEmulator, `q=${encodeURIComponent(q)}&pageSize=1`)).toEqual(['in A', 'in B']);
  });
});

test('listing a hidden, deleted or unknown folder returns no files or, if set so, a 404', async () => {
  const drive = new DriveModel();
  const hidden = drive.addFolder({ name: 'hidden', parent: 'root' });
  const inner = drive.addFolder({ name: 'inner', parent: hidden.id });
  const deleted = drive.addFolder({ name: 'deleted', parent: 'root' });
  for (const folder of [hidden, inner, deleted]) drive.addFile({ name: 'x', parent: folder.id });
  drive.hide(hidden.id);
  drive.delete(deleted.id);
  await withDriveEmulator(drive, async (driveEmulator) => {
    for (const id of [hidden.id, inner.id, deleted.id, 'nonsense']) {
      driveEmulator.behavior.missingFolder = 'empty';
      expect(await namesOf(driveEmulator, `q='${id}' in parents`)).toEqual([]);
      driveEmulator.behavior.missingFolder = 'notFound';
      expect((await get(driveEmulator, `files?q='${id}' in parents`)).reason).toBe('notFound@fileId');
      expect((await get(driveEmulator, `files/${id}`)).status).toBe(404);
    }
    driveEmulator.behavior.missingFolder = 'empty';
    const secret = drive.addFile({ name: 'secret', parent: inner.id });
    drive.hide(secret.id);
    drive.show(hidden.id);
    expect(await namesOf(driveEmulator, `q='${inner.id}' in parents`)).toEqual(['x']);
  });
});

test('items of shared drives are listed only on request, and a shared drive can be listed alone', async () => {
  const drive = new DriveModel();
  const shared = drive.addSharedDrive({ name: 'School' });
  drive.addFile({ name: 'mine', parent: 'root' });
  const theirs = drive.addFile({ name: 'theirs', parent: shared.id });
  const other = drive.addSharedDrive({ name: 'Other' });
  drive.addFile({ name: 'other', parent: other.id });
  await withDriveEmulator(drive, async (driveEmulator) => {
    expect(await namesOf(driveEmulator, '')).toEqual(['mine']);
    expect(await namesOf(driveEmulator, 'supportsAllDrives=true')).toEqual(['mine']);
    expect(await namesOf(driveEmulator, `q='${shared.id}' in parents&supportsAllDrives=true`)).toEqual([]);
    expect(await namesOf(driveEmulator, allDrives)).toEqual(['mine', 'theirs', 'other']);
    expect(await namesOf(driveEmulator, `corpora=drive&driveId=${shared.id}&${allDrives}`)).toEqual([
      'theirs',
    ]);
    expect((await get(driveEmulator, `files/${theirs.id}`)).status).toBe(404);
    const shown = await get(
      driveEmulator,
      `files/${theirs.id}?supportsAllDrives=true&fields=driveId,parents`,
    );
    expect(shown.json).toEqual({ driveId: shared.id, parents: [shared.id] });
    expect((await get(driveEmulator, `drives/${shared.id}`)).json).toMatchObject({
      id: shared.id,
      name: 'School',
    });
    drive.hide(shared.id);
    expect((await get(driveEmulator, `files/${theirs.id}?supportsAllDrives=true`)).status).toBe(404);
    expect((await get(driveEmulator, `files?corpora=drive&driveId=${shared.id}&${allDrives}`)).reason).toBe(
      'notFound@driveId',
    );
  });
});

test('an item shared by link needs its resource key', async () => {
  const drive = new DriveModel();
  const folder = drive.addFolder({ name: 'linked', parent: 'root', resourceKey: 'key' });
  drive.addFile({ name: 'x', parent: folder.id });
  await withDriveEmulator(drive, async (driveEmulator) => {
    const headers = { 'X-Goog-Drive-Resource-Keys': `abc/def,${folder.id}/key` };
    expect((await get(driveEmulator, `files/${folder.id}`)).status).toBe(404);
    expect((await get(driveEmulator, `files/${folder.id}`, headers)).status).toBe(200);
    expect(await namesOf(driveEmulator, `q='${folder.id}' in parents`)).toEqual([]);
    expect(await namesOf(driveEmulator, `q='${folder.id}' in parents`, headers)).toEqual(['x']);
    expect(await namesOf(driveEmulator, "q='root' in parents")).toEqual([]);
    expect(await namesOf(driveEmulator, "q='root' in parents", headers)).toEqual(['linked']);
  });
});

test('orderBy sorts the files', async () => {
  const drive = new DriveModel();
  for (const [name, modifiedTime] of [
    ['b10', 3],
    ['b9', 1],
    ['a', 2],
  ] as const) {
    drive.addFile({ name, parent: 'root', modifiedTime });
  }
  drive.addFolder({ name: 'folder', parent: 'root' });
  await withDriveEmulator(drive, async (driveEmulator) => {
    expect(await namesOf(driveEmulator, 'orderBy=name&pageSize=1')).toEqual(['a', 'b10', 'b9', 'folder']);
    expect(await namesOf(driveEmulator, 'orderBy=name_natural desc')).toEqual(['folder', 'b10', 'b9', 'a']);
    expect(await namesOf(driveEmulator, 'orderBy=folder,modifiedTime')).toEqual(['folder', 'b9', 'a', 'b10']);
  });
});

test.each<[string, number, string]>([
  ['files?pagesize=10', 400, 'invalid@pagesize'],
  ['files?toString=1', 400, 'invalid@toString'],
  ['files?fileId=1', 400, 'invalid@fileId'],
  ['files?alt=media', 400, 'invalid@alt'],
  ['files?pageSize=0', 400, 'invalidParameter@pageSize'],
  ['files?pageSize=1001', 400, 'invalidParameter@pageSize'],
  ['files?pageSize=-1', 400, 'invalidParameter@pageSize'],
  ['files?pageSize=ten', 400, 'invalid@pageSize'],
  ['files?pageSize=', 400, 'invalid@pageSize'],
  ['files?supportsAllDrives=yes', 400, 'invalid@supportsAllDrives'],
  ['files?includeItemsFromAllDrives=true', 403, 'supportsTeamDrivesRequired@supportsAllDrives'],
  [`files?corpora=drive&${allDrives}`, 400, 'invalid@driveId'],
  [`files?driveId=x&${allDrives}`, 400, 'invalid@driveId'],
  [`files?driveId=x&corpora=user&${allDrives}`, 400, 'invalid@driveId'],
  [
    'files?corpora=allDrives&supportsAllDrives=true',
    403,
    'teamDriveIncludeItemsRequired@includeItemsFromAllDrives',
  ],
  [`files?corpora=drive&driveId=x&${allDrives}`, 404, 'notFound@driveId'],
  ['files?corpora=mine', 400, 'invalid@corpora'],
  ['files?spaces=photos', 400, 'invalid@spaces'],
  ['files?spaces=appDataFolder', 403, 'insufficientScopes@spaces'],
  ['files?orderBy=size', 400, 'invalid@orderBy'],
  ['files?pageToken=garbage', 400, 'invalid@pageToken'],
  ['files?q=name', 400, 'invalid@q'],
  ['files?fields=name', 400, 'invalidParameter@fields'],
  ['files/nonsense', 404, 'notFound@fileId'],
  ['files/root?pageSize=1', 400, 'invalid@pageSize'],
  ['files/root?alt=xml', 400, 'invalid@alt'],
  ['about', 400, 'required@fields'],
  ['about?fields=me', 400, 'invalidParameter@fields'],
  ['drives/nonsense', 404, 'notFound@driveId'],
  ['changes', 400, 'required@pageToken'],
  ['changes?pageToken=1', 400, 'invalid@pageToken'],
  ['changes/startPageToken?driveId=x&supportsAllDrives=true', 404, 'notFound@driveId'],
  ['changes/startPageToken?pageToken=1', 400, 'invalid@pageToken'],
])('GET %s returns %i %s', async (path, status, reason) => {
  await withDriveEmulator(new DriveModel(), async (driveEmulator) => {
    const reply = await get(driveEmulator, path);
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    const { error } = reply.json as {
      error: { code: number; message: string; errors: { message: string }[] };
    };
    expect(error.code).toBe(status);
    expect(error.message).toBe(error.errors[0]?.message);
  });
});

test('a page token is valid only for its own query', async () => {
  const drive = new DriveModel();
  for (const name of ['a', 'b']) drive.addFile({ name, parent: 'root' });
  await withDriveEmulator(drive, async (driveEmulator) => {
    const token = (await googleClient(driveEmulator).files.list({ pageSize: 1, q: 'trashed = false' })).data
      .nextPageToken;
    expect((await get(driveEmulator, `files?q=trashed = false&pageToken=${token}`)).status).toBe(200);
    expect((await get(driveEmulator, `files?q=trashed = true&pageToken=${token}`)).reason).toBe(
      'invalid@pageToken',
    );
    expect((await get(driveEmulator, `files?q=trashed = false&pageToken=${token}x`)).reason).toBe(
      'invalid@pageToken',
    );
    // Base64 decoders ignore invalid characters.
    expect((await get(driveEmulator, `files?q=trashed = false&pageToken=${token}.`)).reason).toBe(
      'invalid@pageToken',
    );
  });
});

test.each(['', 'drive/v3', 'drive/v2/files', 'drive/v3/files/root/children', 'drive/v3/filez'])(
  'the unknown path /%s returns 404 and is not counted as a call',
  async (path) => {
    await withDriveEmulator(new DriveModel(), async (driveEmulator) => {
      const response = await fetch(`${driveEmulator.url}/${path}`);
      expect(response.status).toBe(404);
      await response.text();
      expect(driveEmulator.calls.total).toBe(0);
    });
  },
);
