/** Tests that excluded modules are not in the bundle, that using one names it, and that the list stays up to date. */
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { findBundledFiles } from '../functions/bundle.ts';
import { isLeftOut, leaveOut } from '../functions/left-out.ts';

const gone = 'node_modules/@google-cloud/firestore/build/src/v1/firestore_admin_client.js';

test('no excluded file counts as bundled', async () => {
  const files = await findBundledFiles();
  expect(files.filter(isLeftOut)).toEqual([]);
  expect(isLeftOut(gone)).toBe(true);
  // The neighboring file that every run needs.
  expect(files).toContain('node_modules/@google-cloud/firestore/build/src/v1/firestore_client.js');
});

test.each(['new (x.FirestoreAdminClient)()', 'x.deeper.down()'])(
  'using an excluded module throws an error that names it: %s',
  async (use) => {
    const { errors, text } = await bundle(
      `const x = require('./${gone}'); const passedOn = { ...x }; ${use}`,
    );
    // This small bundle imports none of the other modules on the list.
    expect(errors.every((error) => /is left out of the bundle, but no library imports it/.test(error))).toBe(
      true,
    );
    expect(() => new Function('module', text)({})).toThrow(
      '@google-cloud/firestore/build/src/v1/firestore_admin_client is left out of the bundle',
    );
  },
);

test('the build fails if no library imports a module on the list', async () => {
  const { errors } = await bundle('');
  expect(errors).toContainEqual(expect.stringContaining('google-gax/build/src/iamService is left out'));
});

/**
 * Bundles a small program. The build reports errors, because the program does not import every module on the list.
 */
async function bundle(contents: string): Promise<{ errors: string[]; text: string }> {
  let text = '';
  const errors: string[] = [];
  await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'keep',
        setup: ({ onEnd }) =>
          onEnd(({ outputFiles }) => {
            text = outputFiles?.[0]?.text ?? '';
          }),
      },
      leaveOut,
    ],
  }).catch((failure) => errors.push(...failure.errors.map((error: { text: string }) => error.text)));
  return { errors, text };
}
