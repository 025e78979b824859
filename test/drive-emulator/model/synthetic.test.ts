import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { fillLibrary } from '../../../functions/drive-emulator/model/synthetic.ts';

test('creates the requested number of books and folders, the same for the same seed, without feed entries', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(30), fc.string(), (books, folders, seed) => {
      const make = () => {
        const drive = new DriveModel();
        const ids = fillLibrary(drive, drive.rootId, { books, folders, seed });
        return { drive, ids };
      };
      const { drive, ids } = make();
      const items = [...drive.items()].slice(1);
      expect(ids).toEqual([drive.rootId, ...items.filter((item) => item.isFolder).map((item) => item.id)]);
      expect(items.filter((item) => item.isFolder)).toHaveLength(folders);
      const made = items.filter((item) => !item.isFolder);
      expect(made).toHaveLength(books);
      expect(new Set(made.map((item) => item.name)).size).toBe(books);
      expect(drive.feeds.user.length).toBe(0);
      const state = (model: DriveModel) =>
        [...model.items()].slice(1).map((item) => [item.id, item.name, item.parent?.id, item.modifiedMs]);
      expect(state(make().drive)).toEqual(state(drive));
    }),
    { numRuns: 30 },
  );
});
