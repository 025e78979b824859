import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { get, googleClient, withDriveEmulator } from '../client.ts';

const allDrives = { supportsAllDrives: true, includeItemsFromAllDrives: true };

interface Change {
  readonly fileId?: string | null;
  readonly removed?: boolean | null;
  readonly file?: { name?: string | null; parents?: string[] | null; trashed?: boolean | null };
}

/** Reads all pages from a token on. */
async function follow(
  driveEmulator: DriveEmulator,
  start: string,
  options: object = {},
): Promise<{ changes: Change[]; token: string; pages: number }> {
  const client = googleClient(driveEmulator);
  const changes: Change[] = [];
  let pageToken = start;
  for (let pages = 1; ; pages++) {
    const { data } = await client.changes.list({ pageToken, fields: '*', ...options });
    changes.push(...((data.changes ?? []) as Change[]));
    if (data.newStartPageToken) return { changes, token: data.newStartPageToken, pages };
    pageToken = data.nextPageToken as string;
  }
}

async function startToken(driveEmulator: DriveEmulator, options: object = {}): Promise<string> {
  return (await googleClient(driveEmulator).changes.getStartPageToken(options)).data.startPageToken as string;
}

test('an idle feed has no changes and always returns the same token', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(drive, async (driveEmulator) => {
    drive.addFile({ name: 'x', parent: 'root' });
    const token = await startToken(driveEmulator);
    expect(await follow(driveEmulator, token)).toEqual({ changes: [], token, pages: 1 });
    expect(await startToken(driveEmulator)).toBe(token);
  });
});

test('with any changes, paging, delay and repetition, each changed item appears, finally with its current state', async () => {
  const drive = new DriveModel();
  const driveEmulator = await startDriveEmulator(drive);
  const step = fc.tuple(fc.nat(7), fc.nat(), fc.nat());
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(4),
        fc.boolean(),
        async (steps, pageSize, delay, repeat) => {
          drive.feeds.delay(0);
          const root = drive.addFolder({ name: 'd', parent: 'root' });
          const ids = [drive.addFile({ name: 'f', parent: root.id }).id];
          const untouched = drive.addFile({ name: 'untouched', parent: root.id });
          let token = await startToken(driveEmulator);
          const touched = new Set<string>();
          for (const [action, a, b] of steps) {
            const id = ids[a % ids.length] as string;
            const item = drive.find(id);
            if (action === 0) ids.push(drive.addFile({ name: 'n', parent: root.id }).id);
            else if (action === 1) ids.push(drive.addFolder({ name: 'n', parent: root.id }).id);
            else if (item === undefined) continue;
            else if (action === 2) drive.rename(id, `name ${b}`);
            else if (action === 3 && !item.explicitlyTrashed) drive.trash(id);
            else if (action === 4 && item.explicitlyTrashed) drive.untrash(id);
            else if (action === 5 && !item.explicitlyHidden) drive.hide(id);
            else if (action === 6 && item.explicitlyHidden) drive.show(id);
            else if (action === 7) drive.delete(id);
            else continue;
            touched.add(action < 2 ? (ids.at(-1) as string) : id);
          }
          drive.feeds.delay(delay);
          drive.feeds.repeat(repeat);
          const early = await follow(driveEmulator, token, { pageSize });
          token = early.token;
          drive.feeds.delay(0);
          const late = await follow(driveEmulator, token, { pageSize });
          const last = new Map([...early.changes, ...late.changes].map((change) => [change.fileId, change]));
          expect(new Set(last.keys())).toEqual(touched);
          expect(last.has(untouched.id)).toBe(false);
          for (const change of last.values()) {
            const item = drive.find(change.fileId as string);
            expect(change.removed).toBe(!item?.visible);
            if (change.removed) expect(change.file).toBeUndefined();
            else expect(change.file).toMatchObject({ name: item?.name, trashed: item?.trashed });
          }
        },
      ),
      { numRuns: 40 },
    );
  } finally {
    await driveEmulator.close();
  }
});

test('a start page token obtained while an entry is delayed still returns that entry later', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(drive, async (driveEmulator) => {
    drive.feeds.delay(1);
    const file = drive.addFile({ name: 'x', parent: 'root' });
    const token = await startToken(driveEmulator);
    expect((await follow(driveEmulator, token)).changes).toEqual([]);
    drive.feeds.delay(0);
    expect((await follow(driveEmulator, token)).changes).toMatchObject([{ fileId: file.id }]);
  });
});

test('a repeating feed repeats the last entry of a page on the next page', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(drive, async (driveEmulator) => {
    const token = await startToken(driveEmulator);
    const [a, b] = ['a', 'b'].map((name) => drive.addFile({ name, parent: 'root' }).id);
    drive.feeds.repeat(true);
    const { changes } = await follow(driveEmulator, token, { pageSize: 1 });
    expect(changes.map((change) => change.fileId)).toEqual([a, a, b]);
  });
});

test('a removal has an id but no file, and includeRemoved=false omits it', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(drive, async (driveEmulator) => {
    const { id } = drive.addFile({ name: 'x', parent: 'root' });
    const token = await startToken(driveEmulator);
    drive.delete(id);
    const { changes } = await follow(driveEmulator, token);
    expect(changes).toEqual([
      {
        kind: 'drive#change',
        type: 'file',
        changeType: 'file',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        removed: true,
        fileId: id,
      },
    ]);
    expect((await follow(driveEmulator, token, { includeRemoved: false })).changes).toEqual([]);
  });
});

test('each shared drive has its own feed, and a token is valid for one feed only', async () => {
  const drive = new DriveModel();
  const [a, b] = ['A', 'B'].map((name) => drive.addSharedDrive({ name }).id) as [string, string];
  await withDriveEmulator(drive, async (driveEmulator) => {
    const ofUser = await startToken(driveEmulator);
    const ofA = await startToken(driveEmulator, { driveId: a, supportsAllDrives: true });
    const mine = drive.addFile({ name: 'mine', parent: 'root' }).id;
    const inA = drive.addFile({ name: 'in A', parent: a }).id;
    const inB = drive.addFile({ name: 'in B', parent: b }).id;
    const idsOf = async (token: string, options: object = {}) =>
      (await follow(driveEmulator, token, options)).changes.map((change) => change.fileId);
    expect(await idsOf(ofUser)).toEqual([mine]);
    expect(await idsOf(ofUser, { supportsAllDrives: true })).toEqual([mine]);
    expect(await idsOf(ofUser, allDrives)).toEqual([mine, inA, inB]);
    expect(await idsOf(ofUser, { ...allDrives, restrictToMyDrive: true })).toEqual([mine]);
    expect(await idsOf(ofA, { ...allDrives, driveId: a })).toEqual([inA]);

    const inDrive = 'supportsAllDrives=true&includeItemsFromAllDrives=true&driveId=';
    const refused = async (query: string) => (await get(driveEmulator, `changes?${query}`)).reason;
    expect((await get(driveEmulator, `changes/startPageToken?driveId=${a}`)).reason).toBe('notFound@driveId');
    expect(await refused(`pageToken=${ofA}`)).toBe('invalid@pageToken');
    expect(await refused(`pageToken=${ofUser}&${inDrive}${a}`)).toBe('invalid@pageToken');
    expect(await refused(`pageToken=${ofA}&${inDrive}${b}`)).toBe('invalid@pageToken');
    expect(await refused(`pageToken=${ofA}&driveId=${a}&supportsAllDrives=true`)).toBe(
      'teamDriveIncludeItemsRequired@includeItemsFromAllDrives',
    );
    expect(await refused(`pageToken=${ofA}&driveId=${a}`)).toBe(
      'teamDriveIncludeItemsRequired@includeItemsFromAllDrives',
    );
  });
});

test('a file that moves to another drive appears as a removal in the feed of the first drive', async () => {
  const drive = new DriveModel();
  const shared = drive.addSharedDrive({ name: 'A' }).id;
  const { id } = drive.addFile({ name: 'x', parent: shared });
  await withDriveEmulator(drive, async (driveEmulator) => {
    const options = { driveId: shared, supportsAllDrives: true };
    const ofUser = await startToken(driveEmulator);
    const ofShared = await startToken(driveEmulator, options);
    drive.move(id, 'root');
    expect((await follow(driveEmulator, ofUser)).changes).toMatchObject([{ fileId: id, removed: false }]);
    expect((await follow(driveEmulator, ofShared, { ...allDrives, ...options })).changes).toMatchObject([
      { fileId: id, removed: true },
    ]);
    const kept = { ...allDrives, ...options, includeCorpusRemovals: true };
    expect((await follow(driveEmulator, ofShared, kept)).changes).toMatchObject([
      { removed: true, file: { name: 'x' } },
    ]);
    drive.move(id, shared);
    const token = await startToken(driveEmulator);
    drive.move(id, 'root');
    drive.move(id, shared);
    expect((await follow(driveEmulator, token)).changes.at(-1)).toMatchObject({ fileId: id, removed: true });
  });
});

test('adding or losing a shared drive is an entry of type drive, without a file', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(drive, async (driveEmulator) => {
    const token = await startToken(driveEmulator);
    const shared = drive.addSharedDrive({ name: 'School' });
    const added = (await follow(driveEmulator, token, allDrives)).changes;
    expect(added).toMatchObject([{ changeType: 'drive', driveId: shared.id, drive: { name: 'School' } }]);
    expect(added[0]).not.toHaveProperty('fileId');
    drive.hide(shared.id);
    expect((await follow(driveEmulator, token, allDrives)).changes.at(-1)).toMatchObject({
      changeType: 'drive',
      removed: true,
    });
    expect((await follow(driveEmulator, token)).changes).toEqual([]);
  });
});

test.each([400, 410] as const)(
  'an expired token gets %i, and a new start page token works',
  async (status) => {
    const drive = new DriveModel();
    await withDriveEmulator(drive, async (driveEmulator) => {
      const token = await startToken(driveEmulator);
      drive.feeds.expireTokens(status);
      const reply = await get(driveEmulator, `changes?pageToken=${token}`);
      expect(reply.status).toBe(status);
      expect(reply.reason).toMatch(/@pageToken$/);
      expect((await follow(driveEmulator, await startToken(driveEmulator))).changes).toEqual([]);
    });
  },
);

test('short pages also apply to the changes feed', async () => {
  const drive = new DriveModel();
  await withDriveEmulator(
    drive,
    async (driveEmulator) => {
      const token = await startToken(driveEmulator);
      const ids = ['a', 'b', 'c'].map((name) => drive.addFile({ name, parent: 'root' }).id);
      const { changes, pages } = await follow(driveEmulator, token, { pageSize: 1000 });
      expect(changes.map((change) => change.fileId)).toEqual(ids);
      expect(pages).toBeGreaterThan(2);
    },
    { behavior: { shortPages: [0, 1] } },
  );
});
