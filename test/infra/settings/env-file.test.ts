/** Checks that an env file is validated as a whole, before anything is contacted, and that no value is ever shown. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localNames } from '../../../functions/sync/core/config.ts';
import { checkValues, formatProblems, knownNames, readTarget } from '../../../infra/settings/env-file.ts';
import { environments, identities } from '../../../infra/settings/environments.ts';
import { secretVersion } from '../../../infra/settings/secret-version.ts';
import { makeTempFolder, settings, writeEnvFile } from '../synthesized.ts';

const { dev, prod } = environments;

describe('an env file', () => {
  test.each([
    ['prod', 'keyless', {}, 'fill'],
    ['prod', 'service-account', {}, 'fill'],
    // A refresh token determines the scopes, and the ones that docs/deploy.md requests do not allow reading content.
    ['prod', 'oauth', {}, 'off'],
    ['dev', 'keyless', {}, 'off'],
    ['prod', 'oauth', { EMBEDDED_METADATA: 'prefer' }, 'prefer'],
    ['prod', 'keyless', { EMBEDDED_METADATA: 'off' }, 'off'],
  ] as const)(
    'for %s with %s and %o sets EMBEDDED_METADATA to %s',
    (environment, identity, more, expected) => {
      const { target } = checkValues(environments[environment], { ...settings[identity], ...more });
      expect(target?.function.embeddedMetadata).toBe(expected);
    },
  );

  test.each(identities)('for %s is accepted if it is complete', (identity) => {
    const { target, problems } = checkValues(prod, settings[identity]);
    expect(problems).toBeUndefined();
    expect(target).toMatchObject({ project: 'school-4711', region: 'europe-west1', identity });
  });

  test('that is empty is refused with one message that names the file and everything missing', () => {
    const { problems = [] } = checkValues(prod, {});
    const message = formatProblems(prod, problems);
    for (const name of [
      'PROJECT_ID',
      'REGION',
      'GOOGLE_DRIVE_FOLDER_ID',
      'FIREBASE_PROJECT_ID',
      'GOOGLE_CLIENT_ID',
      'GOOGLE_CLIENT_SECRET',
      'GOOGLE_REFRESH_TOKEN',
      'ALERT_EMAIL',
    ])
      expect(message.split('\n').filter((line) => line.startsWith(`  - ${name} is missing`))).toHaveLength(1);
    expect(message).toContain('.env.prod');
  });

  test('that does not exist is refused with instructions to create it', () => {
    const { problems } = readTarget(dev, makeTempFolder());
    expect(problems).toEqual([expect.stringMatching(/There is no \.env\.dev: copy \.env\.example/)]);
  });

  test.each([
    ['a malformed key', { FIREBASE_PRIVATE_KEY: 'hunter2-hunter2' }, /FIREBASE_PRIVATE_KEY is invalid/],
    ['half a key', { FIREBASE_CLIENT_EMAIL: '' }, /FIREBASE_CLIENT_EMAIL is missing/],
    ['an invalid folder', { GOOGLE_DRIVE_FOLDER_ID: 'my books' }, /GOOGLE_DRIVE_FOLDER_ID is invalid/],
    ['an invalid region', { REGION: 'Europe' }, /REGION is invalid: expected a Google Cloud region/],
    ['an invalid project', { PROJECT_ID: 'My School' }, /PROJECT_ID is invalid/],
    ['an invalid email address', { ALERT_EMAIL: 'me' }, /ALERT_EMAIL is invalid/],
    [
      'an unknown identity',
      { IDENTITY: 'robot' },
      /IDENTITY is invalid: expected one of oauth, service-account, keyless/,
    ],
    ['a flag that is neither true nor false', { PAUSED: 'yes' }, /PAUSED is invalid: expected true or false/],
    ['a bucket name with its scheme', { TF_STATE_BUCKET: 'gs://b' }, /TF_STATE_BUCKET is invalid/],
    ['a misspelled name', { GOOGLE_DRIVE_FOLDER: 'x' }, /GOOGLE_DRIVE_FOLDER is not a setting/],
    [
      'a setting that the function rejects',
      { REMOVALS: 'maybe' },
      /REMOVALS is invalid: expected mark, delete or keep/,
    ],
    [
      'a new database in another project',
      { CREATE_FIRESTORE: 'true' },
      /CREATE_FIRESTORE is true, but FIREBASE_PROJECT_ID/,
    ],
  ] as const)('with %s is refused', (_what, change, expected) => {
    const root = makeTempFolder();
    writeEnvFile(root, 'dev', { ...settings.oauth, ...change });
    expect(readTarget(dev, root).problems?.join('\n')).toMatch(expected);
  });

  test('with a secret that the identity would silently ignore is refused', () => {
    const { problems } = checkValues(dev, { ...settings.keyless, GOOGLE_REFRESH_TOKEN: '1//token' });
    expect(problems).toEqual([expect.stringMatching(/GOOGLE_REFRESH_TOKEN is set, but IDENTITY=keyless/)]);
  });

  test.each(identities)('for %s gives a deployment target without any secret value', (identity) => {
    const { target } = checkValues(prod, settings[identity]);
    const text = JSON.stringify(target);
    for (const name of ['GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN', 'FIREBASE_PRIVATE_KEY'] as const) {
      const value: string | undefined = { ...settings[identity] }[name as never];
      if (value) expect(text).not.toContain(JSON.stringify(value).slice(1, -1).slice(0, 60));
    }
    expect(Object.keys(target?.function ?? {}).sort()).toEqual([
      'collection',
      'databaseId',
      'embeddedMetadata',
      'reconcileEveryHours',
      'removals',
      'stateCollection',
      'writesPerSecond',
    ]);
  });

  test('is refused without showing any of its values', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...knownNames),
          fc.stringMatching(/^[ -~]{0,20}$/).map((tail) => `zq9canary${tail}`),
        ),
        (values) => {
          const { problems } = checkValues(dev, values);
          expect(problems?.join('\n') ?? '').not.toContain('zq9canary');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is explained by .env.example, which has every setting and nothing else', () => {
    const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    const names = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(
      knownNames.filter((name) => !(localNames as readonly string[]).includes(name)).sort(),
    );
  });
});

describe('the version number of a secret’s value', () => {
  test('is always the same for the same value', () => {
    // A fixed expectation, so that a change of the method, which would rotate every secret, is noticed.
    expect(secretVersion('dev', 'GOOGLE_CLIENT_SECRET', 'GOCSPX-canary-secret')).toBe(43_222);
  });

  test('differs by value, by environment and by name', () => {
    const numbers = [
      secretVersion('dev', 'GOOGLE_CLIENT_ID', 'one'),
      secretVersion('dev', 'GOOGLE_CLIENT_ID', 'two'),
      secretVersion('prod', 'GOOGLE_CLIENT_ID', 'one'),
      secretVersion('dev', 'GOOGLE_CLIENT_SECRET', 'one'),
    ];
    expect(new Set(numbers).size).toBe(4);
  });

  test('is too short to confirm a guess', () => {
    for (const value of ['a', 'b', 'c', 'd', 'e'])
      expect(secretVersion('dev', 'FIREBASE_PROJECT_ID', value)).toSatisfy(
        (number: number) => Number.isInteger(number) && number >= 1 && number <= 65_536,
      );
  });
});
