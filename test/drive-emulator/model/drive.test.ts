import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { idFromText } from '../../../functions/drive-emulator/model/ids.ts';
import type { Item } from '../../../functions/drive-emulator/model/item.ts';
import { DriveModelError } from '../../../functions/drive-emulator/model/new-item.ts';

const fixedTime = new Date('2026-01-02T03:04:05.678Z');

function sample(): { drive: DriveModel; folder: Item; inner: Item; file: Item } {
  const drive = new DriveModel({ now: () => fixedTime });
  const folder = drive.addFolder({ name: 'folder', parent: 'root' });
  const inner = drive.addFolder({ name: 'inner', parent: folder.id });
  const file = drive.addFile({ name: 'file.pdf', parent: inner.id });
  return { drive, folder, inner, file };
}

test("ids look like Drive's, are the same in every run, and differ by seed", () => {
  const ids = (seed: string) => {
    const drive = new DriveModel({ seed });
    return Array.from({ length: 500 }, (_, n) => drive.addFile({ name: `${n}`, parent: 'root' }).id);
  };
  expect(ids('a')).toEqual(ids('a'));
  expect(new Set([...ids('a'), ...ids('b')]).size).toBe(1000);
  for (const id of [...ids('a'), idFromText('x')]) expect(id).toMatch(/^1[\w-]{32}$/);
});

test.each<[string, (drive: DriveModel, folder: Item, other: Item) => void]>([
  ['trashing', (drive, folder) => drive.trash(folder.id)],
  ['moving', (drive, folder, other) => drive.move(folder.id, other.id)],
  ['renaming', (drive, folder) => drive.rename(folder.id, 'new')],
  ['hiding', (drive, folder) => drive.hide(folder.id)],
  ['deleting', (drive, folder) => drive.delete(folder.id)],
])('%s a folder records one feed entry, for the folder only', (_name, mutate) => {
  const { drive, folder } = sample();
  const other = drive.addFolder({ name: 'other', parent: 'root' });
  const token = drive.feeds.user.startPageToken();
  mutate(drive, folder, other);
  const page = drive.feeds.user.read(token, 100, () => true);
  expect(page.entries.map((entry) => entry.item.id)).toEqual([folder.id]);
});

test('the contents of a trashed folder are trashed, but not explicitly, and restoring does not change times', () => {
  const { drive, folder, inner, file } = sample();
  drive.trash(folder.id);
  expect([folder, inner, file].map((item) => [item.trashed, item.explicitlyTrashed])).toEqual([
    [true, true],
    [true, false],
    [true, false],
  ]);
  const { modifiedMs } = folder;
  drive.untrash(folder.id);
  expect(file.trashed).toBe(false);
  expect(folder.modifiedMs).toBe(modifiedMs);
});

test('a deleted or hidden folder and its contents are not visible', () => {
  const { drive, folder, inner, file } = sample();
  const visible = () => [folder, inner, file].map((item) => item.visible);
  drive.hide(folder.id);
  expect(visible()).toEqual([false, false, false]);
  drive.show(folder.id);
  expect(visible()).toEqual([true, true, true]);
  drive.delete(folder.id);
  expect(visible()).toEqual([false, false, false]);
});

test('an edit changes checksum, size, time and version; a rename changes only the version', () => {
  const { drive, file } = sample();
  const state = () => [file.md5(), file.size, file.modifiedMs];
  const before = state();
  drive.rename(file.id, 'other.pdf');
  expect(state()).toEqual(before);
  expect(file.version).toBe(2);
  drive.edit(file.id, { content: 'abc', modifiedTime: '2020-02-02T00:00:00.001Z' });
  expect(state()).toEqual(['900150983cd24fb0d6963f7d28e17f72', 3, Date.UTC(2020, 1, 2, 0, 0, 0, 1)]);
  expect(file.version).toBe(3);
  expect(file.createdMs).toBe(fixedTime.getTime());
  const checksum = file.md5();
  drive.edit(file.id);
  expect(file.md5()).not.toBe(checksum);
  expect(file.modifiedMs).toBe(fixedTime.getTime());
});

test('times keep their milliseconds, including times before 1970 and after 2038', () => {
  const time = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) });
  fc.assert(
    fc.property(time, time, time, (created, modified, later) => {
      const drive = new DriveModel();
      const file = drive.addFile({ name: 'x', parent: 'root', createdTime: created, modifiedTime: modified });
      expect([file.createdMs, file.modifiedMs]).toEqual([created, modified]);
      drive.edit(file.id, { modifiedTime: later });
      expect([file.createdMs, file.modifiedMs]).toEqual([created, later]);
    }),
  );
});

test.each<[string, (sample: ReturnType<typeof sampleOf>) => void]>([
  ['a parent that does not exist', ({ drive }) => drive.addFile({ name: 'x', parent: 'nowhere' })],
  ['a parent that is a file', ({ drive, file }) => drive.addFile({ name: 'x', parent: file.id })],
  [
    'an id that is already in use',
    ({ drive, file }) => drive.addFile({ name: 'x', parent: 'root', id: file.id }),
  ],
  ['moving a folder into itself', ({ drive, folder }) => drive.move(folder.id, folder.id)],
  ['moving a folder into its own subfolder', ({ drive, folder, inner }) => drive.move(folder.id, inner.id)],
  ['moving a root', ({ drive, folder }) => drive.move(drive.rootId, folder.id)],
  ['deleting the root', ({ drive }) => drive.delete(drive.rootId)],
  ['editing the content of a folder', ({ drive, folder }) => drive.edit(folder.id)],
  ['an invalid time', ({ drive, file }) => drive.edit(file.id, { modifiedTime: 'soon' })],
  [
    'a shortcut with an unknown target and no MIME type',
    ({ drive }) => drive.addShortcut({ name: 'x', parent: 'root', target: 'y' }),
  ],
])('rejects %s', (_name, misuse) => {
  expect(() => misuse(sampleOf())).toThrow(DriveModelError);
});

function sampleOf(): ReturnType<typeof sample> {
  return sample();
}

test('after any changes, each folder lists its own children in order of arrival, and deleted items are gone', () => {
  const step = fc.tuple(fc.nat(), fc.nat(), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const drive = new DriveModel();
      // The reference model stores only each item's parent, in order of arrival.
      const parents = new Map<string, string>();
      for (const [action, a, b] of steps) {
        const ids = [...parents.keys()];
        const folders = [drive.rootId, ...ids.filter((id) => drive.find(id)?.isFolder)];
        const parent = folders[b % folders.length] as string;
        const id = ids[a % ids.length];
        if (action % 4 === 0) parents.set(drive.addFolder({ name: 'd', parent }).id, parent);
        else if (action % 4 === 1) parents.set(drive.addFile({ name: 'f', parent }).id, parent);
        else if (id !== undefined && action % 4 === 2 && !isWithin(parents, parent, id)) {
          drive.move(id, parent);
          parents.delete(id);
          parents.set(id, parent);
        } else if (id !== undefined && action % 4 === 3) {
          const gone = ids.filter((other) => isWithin(parents, other, id));
          drive.delete(id);
          for (const other of gone) parents.delete(other);
        }
      }
      expect(drive.size).toBe(parents.size + 1);
      for (const folder of [...drive.items()].filter((item) => item.isFolder)) {
        const expected = [...parents].filter(([, parent]) => parent === folder.id).map(([id]) => id);
        expect(folder.children?.map((child) => child.id)).toEqual(expected);
      }
    }),
  );
});

function isWithin(parents: ReadonlyMap<string, string>, id: string, ancestor: string): boolean {
  for (let at: string | undefined = id; at !== undefined; at = parents.get(at))
    if (at === ancestor) return true;
  return false;
}
