/** What the bundle leaves out: it is really gone, it says so where it is used, and the list stays true. */
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { findBundledFiles } from '../functions/bundle.ts';
import { isLeftOut, leaveOut } from '../functions/left-out.ts';

const gone = 'node_modules/@google-cloud/firestore/build/src/v1/firestore_admin_client.js';

test('no file that is left out counts as bundled', async () => {
  const files = await findBundledFiles();
  expect(files.filter(isLeftOut)).toEqual([]);
  expect(isLeftOut(gone)).toBe(true);
  // The neighbour that every run needs.
  expect(files).toContain('node_modules/@google-cloud/firestore/build/src/v1/firestore_client.js');
});

test.each(['new (x.FirestoreAdminClient)()', 'x.deeper.down()'])(
  'a module that is used after all names itself: %s',
  async (use) => {
    const { errors, text } = await bundle(
      `const x = require('./${gone}'); const passedOn = { ...x }; ${use}`,
    );
    // The other modules of the list are in no library of this small bundle.
    expect(errors.every((error) => /is left out of the bundle, but no library asks for it/.test(error))).toBe(
      true,
    );
    expect(() => new Function('module', text)({})).toThrow(
      '@google-cloud/firestore/build/src/v1/firestore_admin_client is left out of the bundle',
    );
  },
);

test('a module that no library has any more is an error of the build', async () => {
  const { errors } = await bundle('');
  expect(errors).toContainEqual(expect.stringContaining('google-gax/build/src/iamService is left out'));
});

/** The small bundle of one program, built although it lacks most of what the list names. */
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
