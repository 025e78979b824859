/** Tests the build of the command line: made on first use, reused, never out of date, and optional. */
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Installation, install } from '../support/installation.ts';

let installed: Installation;
beforeEach(async () => {
  installed = await install();
});
afterEach(() => installed.remove());

const at = (name: string) => path.join(installed.directory, name);

function builds(): string[] {
  const cache = at('node_modules/.cache/catalog-sync');
  return existsSync(cache) ? readdirSync(cache) : [];
}

test('builds once and reuses the build', async () => {
  expect(await installed.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  const [build = '', ...others] = builds();
  expect(others).toEqual([]);
  const main = at(`node_modules/.cache/catalog-sync/${build}/main.js`);
  const { mtimeMs } = statSync(main);
  expect(await installed.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(main).mtimeMs).toBe(mtimeMs);
});

test('rebuilds after a source changed, even if its size and modification time are the same', async () => {
  await installed.run(['--help']);
  const source = at('functions/cli/main.ts');
  const { atime, mtime } = statSync(source);
  const text = readFileSync(source, 'utf8');
  writeFileSync(source, text.replace("new Command('catalog-sync')", "new Command('catalog-SYNC')"));
  utimesSync(source, atime, mtime);
  expect((await installed.run(['--help'])).stdout).toContain('catalog-SYNC');
  expect(builds()).toHaveLength(2);
});

test('two commands that start at the same time both work', async () => {
  const both = await Promise.all([installed.run(['--help']), installed.run(['preview', '--help'])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(builds()).toHaveLength(1);
});

test('runs directly from the sources if no build can be stored', async () => {
  // A file in place of the folder, because root can write to a read-only folder.
  writeFileSync(at('node_modules/.cache'), '');
  chmodSync(at('node_modules/.cache'), 0o444);
  const { code, stdout } = await installed.run(['--help']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: catalog-sync')]);
});

test('reports the file and line of a source that does not compile', async () => {
  writeFileSync(at('functions/cli/main.ts'), 'const x: = 1;\n');
  const { code, stderr } = await installed.run(['--help']);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/functions\/cli\/main\.ts:1/);
});

test('ignores a broken symbolic link, as an editor leaves for a lock', async () => {
  symlinkSync('someone@host.1234', at('functions/cli/.#main.ts'));
  expect(await installed.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(builds()).toHaveLength(1);
});
