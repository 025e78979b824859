/** The bytes of the bundle's zip depend only on the bundle's content. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeArchive } from '../../infra/bundle-archive.ts';
import { makeTempFolder } from './synthesized.ts';

const files = { 'index.js': 'exports.sync = 1;\n', 'package.json': '{}\n', 'a/deep/file.txt': 'é' };

function writeFolder(folder: string, names: string[], { date, mode }: { date: Date; mode: number }): string {
  for (const name of names) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, files[name as keyof typeof files]);
    utimesSync(file, date, date);
    chmodSync(file, mode);
  }
  return folder;
}

test('the zip has the same bytes for another path, time, file order and permissions', async () => {
  const names = Object.keys(files);
  const one = writeFolder(join(makeTempFolder(), 'one'), names, { date: new Date(), mode: 0o644 });
  const two = writeFolder(join(makeTempFolder('with a space '), 'two'), names.toReversed(), {
    date: new Date('2001-02-03'),
    mode: 0o700,
  });
  const [first, second] = [await writeArchive(one, `${one}.zip`), await writeArchive(two, `${two}.zip`)];
  expect(readFileSync(second.path).equals(readFileSync(first.path))).toBe(true);
  expect(second.hash).toBe(first.hash);
  expect(first.hash).toBe(createHash('sha256').update(readFileSync(first.path)).digest('hex'));
});

test('the zip has the same bytes in another time zone', () => {
  const folder = writeFolder(makeTempFolder(), Object.keys(files), { date: new Date(), mode: 0o644 });
  const module = fileURLToPath(new URL('../../infra/bundle-archive.ts', import.meta.url));
  const code = `import { writeArchive } from ${JSON.stringify(module)};
    console.log((await writeArchive(${JSON.stringify(folder)}, ${JSON.stringify(join(makeTempFolder(), 'bundle.zip'))})).hash);`;
  const hashes = ['Pacific/Auckland', 'America/Los_Angeles'].map((TZ) =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    }),
  );
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}\n$/);
  expect(hashes[1]).toBe(hashes[0]);
});

test('a different file name or content gives a different hash', async () => {
  const folder = makeTempFolder();
  const hashOf = async (name: string, content: string) => {
    const inner = join(folder, `${name}-${content}`);
    mkdirSync(inner);
    writeFileSync(join(inner, name), content);
    return (await writeArchive(inner, `${inner}.zip`)).hash;
  };
  const hashes = [await hashOf('a', '1'), await hashOf('a', '2'), await hashOf('b', '1')];
  expect(new Set(hashes).size).toBe(3);
});
