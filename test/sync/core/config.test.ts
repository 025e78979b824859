import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deployedNames,
  fingerprintOf,
  localNames,
  readSettings,
  secretNames,
  secretValues,
} from '../../../functions/sync/core/config.ts';
import { ConfigError } from '../../../functions/sync/core/errors.ts';
import { parseFolder } from '../../../functions/sync/core/setting-values.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const least = {
  GOOGLE_DRIVE_FOLDER_ID: '1AbCdEfGhIjKlMnOpQrStUvWxYz012345',
  FIREBASE_PROJECT_ID: 'my-school-4711',
};
const oauth = {
  GOOGLE_CLIENT_ID: 'a.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: 'GOCSPX-x',
  GOOGLE_REFRESH_TOKEN: '1//token',
};
const key = {
  FIREBASE_CLIENT_EMAIL: 'sync@my-school-4711.iam.gserviceaccount.com',
  FIREBASE_PRIVATE_KEY: pem,
};

function problemsOf(environment: Record<string, string | undefined>): string {
  try {
    readSettings(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).hint).toMatch(/\.env/);
    return (error as ConfigError).message;
  }
  return '';
}

describe('identities', () => {
  test.each([
    ['only the required settings', least, 'keyless', 'keyless'],
    ['a refresh token', { ...least, ...oauth }, 'oauth', 'keyless'],
    ['a service account key', { ...least, ...key }, 'service-account', 'service-account'],
    ['a refresh token and a key', { ...least, ...oauth, ...key }, 'oauth', 'service-account'],
  ])('with %s, chooses the identities for Drive and Firestore', (_, environment, drive, catalog) => {
    const settings = readSettings(environment);
    expect([settings.driveIdentity.kind, settings.catalogIdentity.kind]).toEqual([drive, catalog]);
  });

  test.each([...Object.keys(oauth), ...Object.keys(key)])(
    'rejects an identity without %s and names the missing variable',
    (missing) => {
      const rest = Object.fromEntries(
        Object.entries({ ...least, ...oauth, ...key }).filter(([name]) => name !== missing),
      );
      expect(problemsOf(rest)).toContain(`${missing} is missing`);
    },
  );

  test.each([
    ['real newlines', pem],
    ['escaped newlines', pem.replaceAll('\n', '\\n')],
    ['quotes around escaped newlines', `"${pem.replaceAll('\n', '\\n')}"`],
    ['carriage returns', pem.replaceAll('\n', '\r\n')],
  ])('reads a private key with %s as the same key', (_, FIREBASE_PRIVATE_KEY) => {
    const { catalogIdentity } = readSettings({ ...least, ...key, FIREBASE_PRIVATE_KEY });
    expect(catalogIdentity).toMatchObject({ privateKey: pem });
  });
});

describe('invalid settings', () => {
  test('are reported all at once, each with its name and expected value', () => {
    const message = problemsOf({
      FIREBASE_PROJECT_ID: 'Not A Project',
      FIREBASE_PRIVATE_KEY: 'no key',
      REMOVALS: 'burn',
      WRITES_PER_SECOND: 'many',
      BOOKS_COLLECTION: 'a/b',
    });
    expect(message.split('\n').slice(1).sort()).toEqual([
      '  - BOOKS_COLLECTION is invalid: expected a collection name without "/"',
      '  - FIREBASE_CLIENT_EMAIL is missing: the service account key requires FIREBASE_CLIENT_EMAIL, FIREBASE_PRIVATE_KEY; set all of them or none of them',
      '  - FIREBASE_PRIVATE_KEY is invalid: expected a private key in PEM form ("-----BEGIN PRIVATE KEY-----" ...), with real or \\n newlines',
      '  - FIREBASE_PROJECT_ID is invalid: expected a Google Cloud project ID, such as my-school-4711',
      '  - GOOGLE_DRIVE_FOLDER_ID is missing: set it to the ID or URL of the Drive folder that holds the books',
      '  - REMOVALS is invalid: expected mark, delete or keep',
      '  - WRITES_PER_SECOND is invalid: expected a whole number from 1 to 10000',
    ]);
  });

  test('are reported without the values that were set', () => {
    const names = [...secretNames, ...deployedNames, ...localNames];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.stringMatching(/^canary [a-z]{12}$/), (name, value) => {
        expect(problemsOf({ ...least, [name]: value })).not.toContain(value);
      }),
    );
  });

  test('include required variables that are blank, because a blank variable counts as unset', () => {
    expect(problemsOf({ ...least, FIREBASE_PROJECT_ID: '  ' })).toContain('FIREBASE_PROJECT_ID is missing');
    expect(readSettings({ ...least, REMOVALS: '' }).removals).toBe('mark');
  });
});

describe('parseFolder', () => {
  const id = least.GOOGLE_DRIVE_FOLDER_ID;
  test.each([
    [id, { id, resourceKey: undefined }],
    [`https://drive.google.com/drive/folders/${id}`, { id, resourceKey: undefined }],
    [`https://drive.google.com/drive/u/1/folders/${id}?usp=sharing`, { id, resourceKey: undefined }],
    [
      `https://drive.google.com/drive/folders/${id}?resourcekey=0-aBc&usp=drive_link`,
      { id, resourceKey: '0-aBc' },
    ],
    [`https://drive.google.com/open?id=${id}`, { id, resourceKey: undefined }],
    ['https://example.org/drive/folders/1AbCdEfGhIjKlMnOp', undefined],
    ['https://evilgoogle.com/drive/folders/1AbCdEfGhIjKlMnOp', undefined],
    ['My Books', undefined],
    ['root', undefined],
    ['', undefined],
  ])('parses "%s"', (value, expected) => {
    expect(parseFolder(value)).toEqual(expected);
  });
});

test('every variable is either a secret, a plain variable of the deployment, or a local one', () => {
  const settings = readSettings({ ...least, ...oauth, ...key });
  expect(new Set([...secretNames, ...deployedNames, ...localNames]).size).toBe(
    secretNames.length + deployedNames.length + localNames.length,
  );
  // The schema must know every name. If it does, an invalid value is reported.
  for (const name of deployedNames)
    expect(problemsOf({ ...least, [name]: '\u0000/ /' }), name).toContain(name);
  expect(settings).toMatchObject({
    collection: 'books',
    stateCollection: 'sync_state',
    databaseId: '(default)',
    removals: 'mark',
    writesPerSecond: 500,
    runSeconds: 480,
  });
});

test('the fingerprint differs between identities, collections, and removal modes, and reveals none of them', () => {
  const settings = readSettings({ ...least, ...oauth });
  const prints = [
    settings,
    { ...settings, collection: 'other' },
    { ...settings, removals: 'delete' as const },
    readSettings({ ...least, ...oauth, GOOGLE_REFRESH_TOKEN: '1//other' }),
  ].map(fingerprintOf);
  expect(new Set(prints).size).toBe(4);
  expect(fingerprintOf({ ...settings, writesPerSecond: 1 })).toBe(prints[0]);
  for (const print of prints) expect(print).toMatch(/^[0-9a-f]{16}$/);
});

test('secretValues returns the values that must never be shown', () => {
  expect(secretValues({ ...least, ...oauth, ...key })).toEqual(['GOCSPX-x', '1//token', pem.trim()]);
});
