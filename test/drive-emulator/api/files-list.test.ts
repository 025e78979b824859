import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SandboxDrive } from '../../../functions/drive-emulator/model/drive.ts';
import { type Sandbox, startSandbox } from '../../../functions/drive-emulator/server.ts';
import { get, googleClient, withSandbox } from '../client.ts';

const SHARED = 'supportsAllDrives=true&includeItemsFromAllDrives=true';

/** Names of the files that a files.list with these parameters gives, all pages. */
async function namesOf(sandbox: Sandbox, parameters: string, headers = {}): Promise<string[]> {
  const names: string[] = [];
  let token = '';
  do {
    const page = token === '' ? '' : `&pageToken=${token}`;
    const reply = await get(sandbox, `files?${parameters}${page}`, headers);
    expect(reply.reason).toBeNull();
    const json = reply.json as { files: { name: string }[]; nextPageToken?: string };
    names.push(...json.files.map((file) => file.name));
    token = json.nextPageToken ?? '';
  } while (token !== '');
  return names;
}

test('pages of any size and shortness give every file once, in order, whatever is changed between them', async () => {
  const drive = new SandboxDrive();
  const sandbox = await startSandbox(drive);
  const client = googleClient(sandbox);
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
          sandbox.manners.shortPages = shortPages;
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
    await sandbox.close();
  }
});

test('a page that is full to the last file has no token; an empty page may have one', async () => {
  const drive = new SandboxDrive();
  for (const name of ['a', 'b', 'c', 'd']) drive.addFile({ name, parent: 'root' });
  await withSandbox(drive, async (sandbox) => {
    const client = googleClient(sandbox);
    const fields = 'nextPageToken,files/name';
    expect((await client.files.list({ pageSize: 4, fields })).data.nextPageToken).toBeUndefined();
    sandbox.manners.shortPages = [0, 2];
    const empty = (await client.files.list({ pageSize: 4, fields })).data;
    expect(empty.files).toEqual([]);
    expect(empty.nextPageToken).toBeTypeOf('string');
  });
});

test('the default page has 100 files', async () => {
  const drive = new SandboxDrive();
  for (let n = 0; n < 101; n++) drive.addFile({ name: `${n}`, parent: 'root' });
  await withSandbox(drive, async (sandbox) => {
    expect((await googleClient(sandbox).files.list()).data.files).toHaveLength(100);
    expect(await namesOf(sandbox, '')).toHaveLength(101);
  });
});

test('several parents in one query: the first alone is listed and the answer claims to be complete', async () => {
  const drive = new SandboxDrive();
  for (const id of ['A', 'B']) {
    drive.addFolder({ id, name: id, parent: 'root' });
    drive.addFile({ name: `in ${id}`, parent: id });
  }
  await withSandbox(drive, async (sandbox) => {
    const q = "('A' in parents or 'B' in parents) and trashed = false";
    const partial = await googleClient(sandbox).files.list({ q, fields: 'incompleteSearch,files/name' });
    expect(partial.data).toEqual({ incompleteSearch: false, files: [{ name: 'in A' }] });
    sandbox.manners.partialOrQueries = false;
    expect(await namesOf(sandbox, `q=${encodeURIComponent(q)}&pageSize=1`)).toEqual(['in A', 'in B']);
  });
});

test('a folder that is hidden, deleted or unknown lists as empty, or, if so set, as a 404', async () => {
  const drive = new SandboxDrive();
  const hidden = drive.addFolder({ name: 'hidden', parent: 'root' });
  const inner = drive.addFolder({ name: 'inner', parent: hidden.id });
  const deleted = drive.addFolder({ name: 'deleted', parent: 'root' });
  for (const folder of [hidden, inner, deleted]) drive.addFile({ name: 'x', parent: folder.id });
  drive.hide(hidden.id);
  drive.delete(deleted.id);
  await withSandbox(drive, async (sandbox) => {
    for (const id of [hidden.id, inner.id, deleted.id, 'nonsense']) {
      sandbox.manners.missingFolder = 'empty';
      expect(await namesOf(sandbox, `q='${id}' in parents`)).toEqual([]);
      sandbox.manners.missingFolder = 'notFound';
      expect((await get(sandbox, `files?q='${id}' in parents`)).reason).toBe('notFound@fileId');
      expect((await get(sandbox, `files/${id}`)).status).toBe(404);
    }
    sandbox.manners.missingFolder = 'empty';
    const secret = drive.addFile({ name: 'secret', parent: inner.id });
    drive.hide(secret.id);
    drive.show(hidden.id);
    expect(await namesOf(sandbox, `q='${inner.id}' in parents`)).toEqual(['x']);
  });
});

test('items of shared drives show only to who asks for them, and a drive can be asked alone', async () => {
  const drive = new SandboxDrive();
  const shared = drive.addSharedDrive({ name: 'School' });
  drive.addFile({ name: 'mine', parent: 'root' });
  const theirs = drive.addFile({ name: 'theirs', parent: shared.id });
  const other = drive.addSharedDrive({ name: 'Other' });
  drive.addFile({ name: 'other', parent: other.id });
  await withSandbox(drive, async (sandbox) => {
    expect(await namesOf(sandbox, '')).toEqual(['mine']);
    expect(await namesOf(sandbox, 'supportsAllDrives=true')).toEqual(['mine']);
    expect(await namesOf(sandbox, `q='${shared.id}' in parents&supportsAllDrives=true`)).toEqual([]);
    expect(await namesOf(sandbox, SHARED)).toEqual(['mine', 'theirs', 'other']);
    expect(await namesOf(sandbox, `corpora=drive&driveId=${shared.id}&${SHARED}`)).toEqual(['theirs']);
    expect((await get(sandbox, `files/${theirs.id}`)).status).toBe(404);
    const shown = await get(sandbox, `files/${theirs.id}?supportsAllDrives=true&fields=driveId,parents`);
    expect(shown.json).toEqual({ driveId: shared.id, parents: [shared.id] });
    expect((await get(sandbox, `drives/${shared.id}`)).json).toMatchObject({ id: shared.id, name: 'School' });
    drive.hide(shared.id);
    expect((await get(sandbox, `files/${theirs.id}?supportsAllDrives=true`)).status).toBe(404);
    expect((await get(sandbox, `files?corpora=drive&driveId=${shared.id}&${SHARED}`)).reason).toBe(
      'notFound@driveId',
    );
  });
});

test('an item shared by link needs its resource key', async () => {
  const drive = new SandboxDrive();
  const folder = drive.addFolder({ name: 'linked', parent: 'root', resourceKey: 'key' });
  drive.addFile({ name: 'x', parent: folder.id });
  await withSandbox(drive, async (sandbox) => {
    const headers = { 'X-Goog-Drive-Resource-Keys': `abc/def,${folder.id}/key` };
    expect((await get(sandbox, `files/${folder.id}`)).status).toBe(404);
    expect((await get(sandbox, `files/${folder.id}`, headers)).status).toBe(200);
    expect(await namesOf(sandbox, `q='${folder.id}' in parents`)).toEqual([]);
    expect(await namesOf(sandbox, `q='${folder.id}' in parents`, headers)).toEqual(['x']);
    expect(await namesOf(sandbox, "q='root' in parents")).toEqual([]);
    expect(await namesOf(sandbox, "q='root' in parents", headers)).toEqual(['linked']);
  });
});

test('orderBy sorts', async () => {
  const drive = new SandboxDrive();
  for (const [name, modifiedTime] of [
    ['b10', 3],
    ['b9', 1],
    ['a', 2],
  ] as const) {
    drive.addFile({ name, parent: 'root', modifiedTime });
  }
  drive.addFolder({ name: 'folder', parent: 'root' });
  await withSandbox(drive, async (sandbox) => {
    expect(await namesOf(sandbox, 'orderBy=name&pageSize=1')).toEqual(['a', 'b10', 'b9', 'folder']);
    expect(await namesOf(sandbox, 'orderBy=name_natural desc')).toEqual(['folder', 'b10', 'b9', 'a']);
    expect(await namesOf(sandbox, 'orderBy=folder,modifiedTime')).toEqual(['folder', 'b9', 'a', 'b10']);
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
  [`files?corpora=drive&${SHARED}`, 400, 'invalid@driveId'],
  [`files?driveId=x&${SHARED}`, 400, 'invalid@driveId'],
  [`files?driveId=x&corpora=user&${SHARED}`, 400, 'invalid@driveId'],
  [
    'files?corpora=allDrives&supportsAllDrives=true',
    403,
    'teamDriveIncludeItemsRequired@includeItemsFromAllDrives',
  ],
  [`files?corpora=drive&driveId=x&${SHARED}`, 404, 'notFound@driveId'],
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
])('GET %s is a %i %s', async (path, status, reason) => {
  await withSandbox(new SandboxDrive(), async (sandbox) => {
    const reply = await get(sandbox, path);
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    const { error } = reply.json as {
      error: { code: number; message: string; errors: { message: string }[] };
    };
    expect(error.code).toBe(status);
    expect(error.message).toBe(error.errors[0]?.message);
  });
});

test('a page token is good for its own query only', async () => {
  const drive = new SandboxDrive();
  for (const name of ['a', 'b']) drive.addFile({ name, parent: 'root' });
  await withSandbox(drive, async (sandbox) => {
    const token = (await googleClient(sandbox).files.list({ pageSize: 1, q: 'trashed = false' })).data
      .nextPageToken;
    expect((await get(sandbox, `files?q=trashed = false&pageToken=${token}`)).status).toBe(200);
    expect((await get(sandbox, `files?q=trashed = true&pageToken=${token}`)).reason).toBe(
      'invalid@pageToken',
    );
    expect((await get(sandbox, `files?q=trashed = false&pageToken=${token}x`)).reason).toBe(
      'invalid@pageToken',
    );
    // Decoders of base64 pass over what does not belong there.
    expect((await get(sandbox, `files?q=trashed = false&pageToken=${token}.`)).reason).toBe(
      'invalid@pageToken',
    );
  });
});

test.each(['', 'drive/v3', 'drive/v2/files', 'drive/v3/files/root/children', 'drive/v3/filez'])(
  'the unknown path /%s is a 404, and no call',
  async (path) => {
    await withSandbox(new SandboxDrive(), async (sandbox) => {
      const response = await fetch(`${sandbox.url}/${path}`);
      expect(response.status).toBe(404);
      await response.text();
      expect(sandbox.calls.total).toBe(0);
    });
  },
);
