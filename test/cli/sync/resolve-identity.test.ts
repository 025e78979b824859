/** Tests whether a keyless run on this machine counts as the deployed function or as another identity. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { resolveIdentity } from '../../../functions/cli/sync/resolve-identity.ts';
import { fingerprintOf, readSettings } from '../../../functions/sync/core/config.ts';

const settings = readSettings({
  GOOGLE_DRIVE_FOLDER_ID: 'folder-of-the-books',
  FIREBASE_PROJECT_ID: 'my-school',
});
const run = { settings, identity: 'keyless', values: { PROJECT_ID: 'my-school-4711' } } as const;
const account = 'catalog-sync-prod-run@my-school-4711.iam.gserviceaccount.com';
const person = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' };
const impersonating = (who: string) => ({
  type: 'impersonated_service_account',
  source_credentials: person,
  service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${who}:generateAccessToken`,
});

const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
const directories: string[] = [];
afterEach(async () => {
  if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
  else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function login(credentials: object): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'login-'));
  directories.push(directory);
  const file = path.join(directory, 'credentials.json');
  await writeFile(file, JSON.stringify(credentials));
  process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
}

test.each<[string, object, string | undefined]>([
  ['recognizes the service account of the function', impersonating(account), undefined],
  [
    'recognizes the service account of another environment',
    impersonating(account.replace('prod', 'dev')),
    account.replace('prod', 'dev'),
  ],
  [
    'recognizes another service account',
    { type: 'service_account', client_email: 'x@y.iam.gserviceaccount.com', private_key: 'k' },
    'x@y.iam.gserviceaccount.com',
  ],
  ['recognizes a person', person, 'a person'],
])('%s', async (_, credentials, as) => {
  await login(credentials);
  const resolved = await resolveIdentity('prod', run);
  expect(resolved.driveIdentity).toEqual({ kind: 'keyless', ...(as ? { as } : {}) });
  // Another fingerprint makes a run reconcile instead of using a page token of another identity.
  expect(fingerprintOf(resolved) === fingerprintOf(settings)).toBe(as === undefined);
});

test('keeps an identity from the settings unchanged, whoever is logged in', async () => {
  await login(person);
  const driveIdentity = { kind: 'oauth', clientId: 'c', clientSecret: 's', refreshToken: 'r' } as const;
  const own = { ...settings, driveIdentity };
  expect(await resolveIdentity('prod', { ...run, settings: own })).toBe(own);
});
