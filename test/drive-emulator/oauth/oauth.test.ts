import { createSign, generateKeyPairSync } from 'node:crypto';
import { auth, drive } from 'googleapis/build/src/apis/drive/index.js';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import type { DriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { withSandbox } from '../client.ts';

const CREDENTIALS = { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' };
const METADATA = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const CONTENT = 'https://www.googleapis.com/auth/drive.readonly';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function statusOf(
  driveEmulator: DriveEmulator,
  path: string,
  token: string | null,
): Promise<[number, string | null]> {
  const headers: Record<string, string> = token === null ? {} : { authorization: token };
  const response = await fetch(`${driveEmulator.url}/drive/v3/${path}`, { headers });
  const text = await response.text();
  const json = text.startsWith('{') ? JSON.parse(text) : null;
  return [response.status, json?.error?.errors?.[0]?.reason ?? null];
}

test("Google's own client trades a refresh token for an access token and is served", async () => {
  await withSandbox(
    new DriveModel(),
    async (driveEmulator) => {
      const client = new auth.OAuth2({
        clientId: 'client',
        clientSecret: 'secret',
        endpoints: { oauth2TokenUrl: driveEmulator.tokenUrl },
        // Without it the library goes on using a token that is refused, until the hour it was given is over.
        forceRefreshOnFailure: true,
      });
      client.setCredentials({ refresh_token: 'refresh' });
      const api = drive({ version: 'v3', auth: client, rootUrl: `${driveEmulator.url}/` });
      expect((await api.files.get({ fileId: 'root' })).data.name).toBe('My Drive');
      driveEmulator.expireTokens();
      expect((await api.files.get({ fileId: 'root' })).data.name).toBe('My Drive');
      expect(driveEmulator.calls.byMethod()).toEqual({ 'files.get': 3, 'oauth.token': 2 });
    },
    { oauth: CREDENTIALS },
  );
});

const REFRESH = {
  grant_type: 'refresh_token',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: 'refresh',
};
const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CLAIMS = { iss: 'robot@example.com', scope: METADATA, exp: Math.floor(Date.now() / 1000) + 600 };

function assertion(claims: object, key = privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

test.each<[string, Record<string, string>, number, string | null]>([
  ['right credentials', REFRESH, 200, null],
  ['another client', { ...REFRESH, client_id: 'x' }, 401, 'invalid_client'],
  ['a wrong secret', { ...REFRESH, client_secret: 'x' }, 401, 'invalid_client'],
  ['a revoked refresh token', { ...REFRESH, refresh_token: 'x' }, 400, 'invalid_grant'],
  ['no refresh token', { ...REFRESH, refresh_token: '' }, 400, 'invalid_grant'],
  ['another grant type', { ...REFRESH, grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ['a signed assertion', { grant_type: JWT, assertion: assertion(CLAIMS) }, 200, null],
  ['a stranger signature', { grant_type: JWT, assertion: assertion(CLAIMS, stranger) }, 400, 'invalid_grant'],
  [
    'another account',
    { grant_type: JWT, assertion: assertion({ ...CLAIMS, iss: 'x' }) },
    400,
    'invalid_grant',
  ],
  [
    'an old assertion',
    { grant_type: JWT, assertion: assertion({ ...CLAIMS, exp: 1 }) },
    400,
    'invalid_grant',
  ],
  ['no scope', { grant_type: JWT, assertion: assertion({ ...CLAIMS, scope: '' }) }, 400, 'invalid_scope'],
  ['garbage', { grant_type: JWT, assertion: 'a.b.c' }, 400, 'invalid_grant'],
])('%s at the token endpoint', async (_name, form, status, error) => {
  await withSandbox(
    new DriveModel(),
    async (driveEmulator) => {
      const response = await fetch(driveEmulator.tokenUrl, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      const json = (await response.json()) as { access_token?: string; error?: string; token_type?: string };
      expect([response.status, json.error ?? null]).toEqual([status, error]);
      if (error !== null) return;
      expect(json.token_type).toBe('Bearer');
      expect(await statusOf(driveEmulator, 'files', `Bearer ${json.access_token}`)).toEqual([200, null]);
    },
    { oauth: { ...CREDENTIALS, publicKey, clientEmail: 'robot@example.com' } },
  );
});

test.each<[string, (driveEmulator: DriveEmulator) => string | null]>([
  ['no token', () => null],
  ['an unknown token', () => 'Bearer x'],
  ['another scheme', (driveEmulator) => `Basic ${driveEmulator.issueToken()}`],
  ['an expired token', (driveEmulator) => `Bearer ${driveEmulator.issueToken({ lifetimeSeconds: 0 })}`],
  [
    'a token from before the expiry of all',
    (driveEmulator) => {
      const token = driveEmulator.issueToken();
      driveEmulator.expireTokens();
      return `Bearer ${token}`;
    },
  ],
])('%s is a 401 authError', async (_name, tokenOf) => {
  await withSandbox(new DriveModel(), async (driveEmulator) => {
    expect(await statusOf(driveEmulator, 'files', tokenOf(driveEmulator))).toEqual([401, 'authError']);
  });
});

test.each<[string, readonly string[], number, number]>([
  ['content', [CONTENT], 200, 200],
  ['metadata', [METADATA], 200, 403],
  ['metadata and more', ['openid', METADATA], 200, 403],
  ['nothing of Drive', ['openid'], 403, 403],
])('a token for %s lists and downloads accordingly', async (_name, scopes, listing, downloading) => {
  const model = new DriveModel();
  const { id } = model.addFile({ name: 'x', parent: 'root', content: 'x' });
  await withSandbox(model, async (driveEmulator) => {
    const token = `Bearer ${driveEmulator.issueToken({ scopes })}`;
    for (const [path, expected] of [
      ['files', listing],
      [`files/${id}?alt=media`, downloading],
    ] as const) {
      const [status, reason] = await statusOf(driveEmulator, path, token);
      expect([status, reason]).toEqual([expected, expected === 403 ? 'insufficientPermissions' : null]);
    }
  });
});
