/** What nobody caught, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const crash = new URL('../../../functions/local/run/crash.ts', import.meta.url);
const redact = new URL('../../../functions/sync/redact.ts', import.meta.url);

test.each([
  [
    'an exception',
    "throw new Error('with the-secret-itself in it');",
    1,
    /^This is not expected[\s\S]*with \[redacted\] in it/,
  ],
  ['a rejection', "Promise.reject(new Error('with the-secret-itself in it'));", 1, /with \[redacted\] in it/],
  ['what is no error', "Promise.reject('the-secret-itself');", 1, /\[redacted\]/],
  [
    'an answer nobody waits for',
    "Promise.reject(new Error('The client has already been terminated'));",
    0,
    /^$/,
  ],
])('%s', (_, happens, code, output) => {
  const script = `import { listenForCrashes } from '${crash}';
    import { createRedactor } from '${redact}';
    listenForCrashes(createRedactor(['the-secret-itself']));
    setTimeout(() => { ${happens} });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  expect([status, stdout]).toEqual([code, '']);
  expect(stderr).toMatch(output);
  expect(stderr).not.toContain('the-secret-itself');
});
