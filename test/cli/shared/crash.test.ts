/** Tests the report of uncaught errors, each in a separate process. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const crash = new URL('../../../functions/cli/shared/crash.ts', import.meta.url);
const redact = new URL('../../../functions/sync/core/redact.ts', import.meta.url);

test.each([
  [
    'redacts secrets in an uncaught exception',
    "throw new Error('with the-secret-itself in it');",
    /^Unexpected error[\s\S]*with \[redacted\] in it/,
  ],
  [
    'redacts secrets in an unhandled rejection',
    "Promise.reject(new Error('with the-secret-itself in it'));",
    /with \[redacted\] in it/,
  ],
  [
    'redacts secrets in a rejection that is not an Error',
    "Promise.reject('the-secret-itself');",
    /\[redacted\]/,
  ],
])('%s', (_, happens, output) => {
  const script = `import { listenForCrashes } from '${crash}';
    import { createRedactor } from '${redact}';
    listenForCrashes(createRedactor(['the-secret-itself']));
    setTimeout(() => { ${happens} });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(output);
  expect(stderr).not.toContain('the-secret-itself');
});
