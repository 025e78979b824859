/** Checks that the dependencies support the Node versions that package.json allows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { engines, dependencies, devDependencies } = read('package.json');
const oldest = semver.minVersion(engines.node)?.version ?? '';

test.each(Object.keys({ ...dependencies, ...devDependencies }))(
  `%s supports the oldest Node version that engines allows, ${oldest}`,
  (name) => {
    const wanted = read(`node_modules/${name}/package.json`).engines?.node ?? '*';
    expect(semver.satisfies(oldest, wanted), `required Node version: ${wanted}`).toBe(true);
  },
);
