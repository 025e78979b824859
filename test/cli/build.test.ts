/** The build of the command line: made on first use, kept, never out of date, and not needed where it cannot be kept. */
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
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

test('is made once and used again', async () => {
  expect(await installed.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  const [build = '', ...others] = builds();
  expect(others).toEqual([]);
  const main = at(`node_modules/.cache/catalog-sync/${build}/main.js`);
  const { mtimeMs } = statSync(main);
  expect(await installed.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(main).mtimeMs).toBe(mtimeMs);
});

test('a source that changed is built again, although its size and its time are the same', async () => {
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

test('where no build can be kept, the sources run as they are', async () => {
  // A file in the place of the folder: as root, a read-only folder could be written to.
  writeFileSync(at('node_modules/.cache'), '');
  chmodSync(at('node_modules/.cache'), 0o444);
  const { code, stdout } = await installed.run(['--help']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: catalog-sync')]);
});

test('sources that do not compile are told with the file and the line', async () => {
  writeFileSync(at('functions/cli/main.ts'), 'const x: = 1;\n');
  const { code, stderr } = await installed.run(['--help']);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/functions\/cli\/main\.ts:1/);
});
