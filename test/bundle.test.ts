/** Checks that the bundle has no duplicate packages: each copy would be compiled at every cold start. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findBundledFiles } from '../functions/bundle.ts';

const bundled = await findBundledFiles();

/** Firestore's client depends on an older major version of both packages, which this project cannot change. */
test.each([
  ['google-auth-library', '10.'],
  ['gaxios', '7.'],
])('the bundle has one copy of %s %s for the Drive client', async (name, version) => {
  const within = `node_modules/${name}/`;
  const files = bundled.filter((file) => file.includes(within));
  const directories = new Set(files.map((file) => file.slice(0, file.lastIndexOf(within) + within.length)));
  const copies: string[] = [];
  for (const directory of directories) {
    const manifest = JSON.parse(await readFile(`${directory}package.json`, 'utf8'));
    if (manifest.version.startsWith(version)) copies.push(`${directory} ${manifest.version}`);
  }
  expect(copies).toEqual([expect.any(String)]);
});
