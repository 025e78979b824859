import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillFromDirectory } from '../../../functions/drive-emulator/directory/directory.ts';
import { DirectoryError } from '../../../functions/drive-emulator/directory/disk.ts';
import { mustRead } from '../../../functions/drive-emulator/directory/disk-matches.ts';
import { mimeTypeOf } from '../../../functions/drive-emulator/directory/mime-types.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { md5Of } from '../../../functions/drive-emulator/model/ids.ts';
import type { Item } from '../../../functions/drive-emulator/model/item.ts';

let base: string;
let directory: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'directory-'));
  directory = path.join(base, 'books');
  mkdirSync(directory);
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Writes a file and returns its path. */
function put(name: string, content = name): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** The items of the model below a folder, by path. */
function contents(folder: Item, prefix = ''): Map<string, Item> {
  const found = new Map<string, Item>();
  for (const child of folder.children ?? []) {
    const at = `${prefix}${child.name}`;
    found.set(at, child);
    for (const [below, item] of contents(child, `${at}/`)) found.set(below, item);
  }
  return found;
}

/** The entries on the disk: the checksum of each file, and `folder` for each folder, by path. */
function onDisk(): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true }) as string[];
  return Object.fromEntries(
    paths.map((name) => {
      const absolute = path.join(directory, name);
      return [name, statSync(absolute).isDirectory() ? 'folder' : md5Of(readFileSync(absolute))];
    }),
  );
}

function inModel(drive: DriveModel, rootId: string): Record<string, string> {
  const items = contents(drive.find(rootId) as Item);
  return Object.fromEntries(
    [...items].map(([name, item]) => [name, item.isFolder ? 'folder' : (item.md5() ?? '')]),
  );
}

test('files have their real size, checksum, times, type and content, and always get the same ids', async () => {
  put('b/Book.PDF', 'hello');
  put('b/.hidden');
  put('.git/config');
  put('a.epub');
  utimesSync(path.join(directory, 'b/Book.PDF'), 1_600_000_000.123, 1_600_000_000.123);
  const fill = async () => {
    const drive = new DriveModel();
    return contents(drive.find((await fillFromDirectory(drive, directory)).rootId) as Item);
  };
  const found = await fill();
  expect([...found.keys()]).toEqual(['a.epub', 'b', 'b/.hidden', 'b/Book.PDF']);
  const book = found.get('b/Book.PDF') as Item;
  expect([book.size, book.md5(), book.modifiedMs, book.mimeType]).toEqual([
    5,
    md5Of('hello'),
    1_600_000_000_123,
    'application/pdf',
  ]);
  expect(book.extra?.content).toEqual({ path: path.join(directory, 'b/Book.PDF') });
  const ids = [...found.values()].map((item) => item.id);
  expect([...(await fill()).values()].map((item) => item.id)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  ['x.pdf', 'application/pdf'],
  ['x.EPub', 'application/epub+zip'],
  ['x.tar.gz', 'application/octet-stream'],
  ['pdf', 'application/octet-stream'],
  ['x.constructor', 'application/octet-stream'],
])('%s has the MIME type %s', (name, type) => {
  expect(mimeTypeOf(name)).toBe(type);
});

test.each<[string, () => string, RegExp]>([
  ['missing', () => `${directory}/none`, /does not exist\. Check the path/],
  ['a file', () => put('x'), /is not a directory\. Specify the directory/],
  ['below a file', () => `${put('x')}/y`, /cannot be read \(ENOTDIR\)/],
  ['empty', () => directory, /is empty\. Put some books/],
])(
  'a directory that is %s gives an error that says what to do and leaves the model empty',
  async (_name, where, message) => {
    const drive = new DriveModel();
    const failure = fillFromDirectory(drive, where());
    await expect(failure).rejects.toThrow(DirectoryError);
    await expect(failure).rejects.toThrow(message);
    expect(drive.size).toBe(1);
  },
);

/**
 * Runs a function as an unprivileged user, because root can read everything: as root, switches to `nobody` meanwhile.
 */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('skips unreadable entries with a warning, but keeps a file that was readable before', async () => {
  for (const name of ['a.pdf', 'locked/b.pdf', 'secret.pdf']) put(name);
  const at = (name: string) => path.join(directory, name);
  for (const folder of [base, directory]) chmodSync(folder, 0o755);
  for (const name of ['secret.pdf', 'locked']) chmodSync(at(name), 0);
  execFileSync('mkfifo', [at('pipe')]);
  const drive = new DriveModel();
  const library = await asNobody(() => fillFromDirectory(drive, directory));
  expect(Object.keys(inModel(drive, library.rootId))).toEqual(['a.pdf', 'locked']);
  expect(library.warnings).toEqual([
    'Skipped locked: cannot be read (EACCES).',
    'Skipped pipe: neither a file nor a directory.',
    'Skipped secret.pdf: cannot be read (EACCES).',
  ]);
  put('a.pdf', 'changed, but closed');
  chmodSync(at('a.pdf'), 0);
  expect(await asNobody(() => library.refresh())).toEqual([]);
  expect(inModel(drive, library.rootId)['a.pdf']).toBe(md5Of('a.pdf'));
  chmodSync(at('a.pdf'), 0o644);
  expect(await asNobody(() => library.refresh())).toMatchObject([{ what: 'edited', path: 'a.pdf' }]);
  chmodSync(directory, 0);
  await expect(asNobody(() => library.refresh())).rejects.toThrow(
    /cannot be read \(EACCES\)\. Check its permissions/,
  );
});

test('links within the directory, even loops, become shortcuts; others are followed or skipped with a warning', async () => {
  put('shelf/a.pdf');
  writeFileSync(path.join(base, 'outside.pdf'), 'outside');
  const link = (target: string, name: string) => symlinkSync(target, path.join(directory, name));
  link('shelf', 'a link');
  link('..', 'shelf/loop');
  link('shelf/a.pdf', 'file link.pdf');
  link('../outside.pdf', 'outside.pdf');
  link('nowhere', 'dangling');
  link('..', 'out');
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, directory);
  const found = contents(drive.find(library.rootId) as Item);
  const targetOf = (name: string) => found.get(name)?.extra?.target?.id;
  expect(targetOf('a link')).toBe(found.get('shelf')?.id);
  expect(targetOf('shelf/loop')).toBe(library.rootId);
  expect(targetOf('file link.pdf')).toBe(found.get('shelf/a.pdf')?.id);
  expect(found.get('outside.pdf')?.md5()).toBe(md5Of('outside'));
  expect(found.size).toBe(6);
  expect(library.warnings).toEqual([expect.stringContaining('dangling'), expect.stringContaining('out:')]);
  expect(await library.refresh()).toEqual([]);
});

test('each kind of change on disk becomes the same change in the model', async () => {
  put('a/one.pdf');
  put('b/two.pdf');
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, directory);
  const before = contents(drive.find(library.rootId) as Item);
  const idOf = (name: string) => before.get(name)?.id;
  const at = (name: string) => path.join(directory, name);
  const changed = async () => (await library.refresh()).map(({ what, path, id }) => [what, path, id]);

  expect(await changed()).toEqual([]);
  renameSync(at('a/one.pdf'), at('b/uno.pdf'));
  expect(await changed()).toEqual([['moved', 'b/uno.pdf', idOf('a/one.pdf')]]);
  renameSync(at('b'), at('c'));
  expect(await changed()).toEqual([['moved', 'c', idOf('b')]]);
  expect(drive.find(idOf('b/two.pdf') as string)?.extra?.content).toEqual({ path: at('c/two.pdf') });
  put('c/two.pdf', 'edited');
  expect(await changed()).toEqual([['edited', 'c/two.pdf', idOf('b/two.pdf')]]);
  // Editors save by writing a new file and replacing the old one with it.
  put('tmp', 'saved by an editor');
  renameSync(at('tmp'), at('c/two.pdf'));
  expect(await changed()).toEqual([['edited', 'c/two.pdf', idOf('b/two.pdf')]]);
  rmSync(at('c/uno.pdf'));
  expect(await changed()).toEqual([['deleted', 'c/uno.pdf', idOf('a/one.pdf')]]);
  put('a/one.pdf', 'another book of the same name');
  const [[what, name, id]] = (await changed()) as [[string, string, string]];
  expect([what, name]).toEqual(['added', 'a/one.pdf']);
  expect(id).not.toBe(idOf('a/one.pdf'));
  expect(inModel(drive, library.rootId)).toEqual(onDisk());
});

test("detects every write, even one of the same size within the file system's timestamp resolution", async () => {
  put('a.pdf', 'content 0');
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, directory);
  for (let n = 1; n <= 100; n++) {
    put('a.pdf', `content ${n % 10}`);
    const keepTimes = n % 2 === 0;
    if (keepTimes) utimesSync(path.join(directory, 'a.pdf'), 1_600_000_000, 1_600_000_000);
    await library.refresh();
    expect(inModel(drive, library.rootId)).toEqual(onDisk());
  }
});

const settled = { size: 5, modifiedMs: 1_000_000, changedMs: 1_000_000.25 };
test.each<[string, { readAtMs?: number }, Partial<typeof settled>, boolean]>([
  ['not read again if it was last read long enough after it changed', { readAtMs: 1_002_001 }, {}, false],
  ['read again if it was last read right after it changed', { readAtMs: 1_000_001 }, {}, true],
  ['read again if the clock of the disk is ahead', { readAtMs: 999_000 }, {}, true],
  ['read again if its size differs', { readAtMs: 1_002_001 }, { size: 6 }, true],
  ['read again if its modification time differs', { readAtMs: 1_002_001 }, { modifiedMs: 1_000_001 }, true],
  [
    'read again if a program reset its modification time',
    { readAtMs: 1_002_001 },
    { changedMs: 1_500_000 },
    true,
  ],
  ['read if it was never read before', {}, {}, true],
])('a known file is %s', (_name, read, now, expected) => {
  const common = { kind: 'file', path: 'a.pdf', inode: '1:1', createdMs: 0 } as const;
  const known = { entry: { ...common, ...settled }, id: 'a', ...read };
  expect(mustRead(known, { ...common, ...settled, ...now })).toBe(expected);
});

test('a new file that reuses the inode of a deleted file is a different file', async () => {
  put('keep.pdf');
  put('old.pdf');
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, directory);
  await new Promise((resolve) => setTimeout(resolve, 20));
  rmSync(path.join(directory, 'old.pdf'));
  put('new.pdf', 'something else');
  expect((await library.refresh()).map(({ what, path: at }) => [what, at])).toEqual([
    ['added', 'new.pdf'],
    ['deleted', 'old.pdf'],
  ]);
});

test('a refresh of a deleted directory fails, and the model stays unchanged', async () => {
  put('a.pdf');
  const drive = new DriveModel();
  const library = await fillFromDirectory(drive, directory);
  rmSync(directory, { recursive: true });
  await expect(library.refresh()).rejects.toThrow(DirectoryError);
  expect(Object.keys(inModel(drive, library.rootId))).toEqual(['a.pdf']);
});

test('after any changes on disk, a refresh makes the model match the disk', async () => {
  const spot = fc.constantFrom('a', 'b', 'c', 'a/a', 'a/b', 'b/a', 'b/b', 'b/b/c');
  const step = fc.tuple(fc.constantFrom('put', 'move', 'remove', 'folder', 'refresh'), spot, spot);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      put('always.pdf');
      const drive = new DriveModel();
      const library = await fillFromDirectory(drive, directory);
      let n = 0;
      for (const [action, from, to] of steps) {
        const [source, target] = [path.join(directory, from), path.join(directory, to)];
        const isFile = existsSync(source) && statSync(source).isFile();
        const hasPlace = existsSync(path.dirname(target)) && statSync(path.dirname(target)).isDirectory();
        if (action === 'refresh') await library.refresh();
        else if (action === 'remove' && existsSync(source)) rmSync(source, { recursive: true });
        else if (action === 'folder' && hasPlace && !existsSync(target)) mkdirSync(target);
        else if (action === 'put' && hasPlace && (!existsSync(target) || statSync(target).isFile())) {
          put(to, `content ${n++}`);
        } else if (action === 'move' && existsSync(source) && hasPlace && !`${to}/`.startsWith(`${from}/`)) {
          if (!existsSync(target) || (isFile && statSync(target).isFile())) renameSync(source, target);
        }
      }
      await library.refresh();
      expect(inModel(drive, library.rootId)).toEqual(onDisk());
      expect(await library.refresh()).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
