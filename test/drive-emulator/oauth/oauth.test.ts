import { createSign, generateKeyPairSync } from 'node:crypto';
import { auth, drive } from 'googleapis/build/src/apis/drive/index.js';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import type { DriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { withDriveEmulator } from '../client.ts';

const credentials = { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' };
const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const contentScope = 'https://www.googleapis.com/auth/drive.readonly';
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

test("Google's own client exchanges a refresh token for an access token and can call Drive", async () => {
  await withDriveEmulator(
    new DriveModel(),
    async (driveEmulator) => {
      const client = new auth.OAuth2({
        clientId: 'client',
        clientSecret: 'secret',
        endpoints: { oauth2TokenUrl: driveEmulator.tokenUrl },
        // Without this option, the library keeps using a rejected token until the token's lifetime of an hour is
        // over.
        forceRefreshOnFailure: true,
      });
      client.setCredentials({ refresh_token: 'refresh' });
      const api = drive({ version: 'v3', auth: client, rootUrl: `${driveEmulator.url}/` });
      expect((await api.files.get({ fileId: 'root' })).data.name).toBe('My Drive');
      driveEmulator.expireTokens();
      expect((await api.files.get({ fileId: 'root' })).data.name).toBe('My Drive');
      expect(driveEmulator.calls.byMethod()).toEqual({ 'files.get': 3, 'oauth.token': 2 });
    },
    { oauth: credentials },
  );
});

const refreshForm = {
  grant_type: 'refresh_token',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: 'refresh',
};
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const robotClaims = {
  iss: 'robot@example.com',
  scope: metadataScope,
  exp: Math.floor(Date.now() / 1000) + 600,
};

function assertion(claims: object, key = privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

test.each<[string, Record<string, string>, number, string | null]>([
  ['accepts valid credentials', refreshForm, 200, null],
  ['rejects another client', { ...refreshForm, client_id: 'x' }, 401, 'invalid_client'],
  ['rejects a wrong client secret', { ...refreshForm, client_secret: 'x' }, 401, 'invalid_client'],
  ['rejects a revoked refresh token', { ...refreshForm, refresh_token: 'x' }, 400, 'invalid_grant'],
  ['rejects a missing refresh token', { ...refreshForm, refresh_token: '' }, 400, 'invalid_grant'],
  ['rejects another grant type', { ...refreshForm, grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ['accepts a signed assertion', { grant_type: jwtBearer, assertion: assertion(robotClaims) }, 200, null],
  [
    'rejects an assertion signed with another key',
    { grant_type: jwtBearer, assertion: assertion(robotClaims, stranger) },
    400,
    'invalid_grant',
  ],
  [
    'rejects an assertion of another account',
    { grant_type: jwtBearer, assertion: assertion({ ...robotClaims, iss: 'x' }) },
    400,
    'invalid_grant',
  ],
  [
    'rejects an expired assertion',
    { grant_type: jwtBearer, assertion: assertion({ ...robotClaims, exp: 1 }) },
    400,
    'invalid_grant',
  ],
  [
    'rejects an assertion without a scope',
    { grant_type: jwtBearer, assertion: assertion({ ...robotClaims, scope: '' }) },
    400,
    'invalid_scope',
  ],
  ['rejects a malformed assertion', { grant_type: jwtBearer, assertion: 'a.b.c' }, 400, 'invalid_grant'],
])('the token endpoint %s', async (_name, form, status, error) => {
  await withDriveEmulator(
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
    { oauth: { ...credentials, publicKey, clientEmail: 'robot@example.com' } },
  );
});

test.each<[string, (driveEmulator: DriveEmulator) => string | null]>([
  ['no token', () => null],
  ['an unknown token', () => 'Bearer x'],
  ['another authorization scheme', (driveEmulator) => `Basic ${driveEmulator.issueToken()}`],
  ['an expired token', (driveEmulator) => `Bearer ${driveEmulator.issueToken({ lifetimeSeconds: 0 })}`],
  [
    'a token issued before all tokens expired',
    (driveEmulator) => {
      const token = driveEmulator.issueToken();
      driveEmulator.expireTokens();
      return `Bearer ${token}`;
    },
  ],
])('a call with %s gets 401 authError', async (_name, tokenOf) => {
  await withDriveEmulator(new DriveModel(), async (driveEmulator) => {
    expect(await statusOf(driveEmulator, 'files', tokenOf(driveEmulator))).toEqual([401, 'authError']);
  });
});

test.each<[string, readonly string[], number, number]>([
  ['the content scope', [contentScope], 200, 200],
  ['the metadata scope', [metadataScope], 200, 403],
  ['the metadata scope and another scope', ['openid', metadataScope], 200, 403],
  ['no Drive scope', ['openid'], 403, 403],
])(
  'a token with %s can list and download only what its scopes allow',
  async (_name, scopes, listing, downloading) => {
    const model = new DriveModel();
    const { id } = model.addFile({ name: 'x', parent: 'root', content: 'x' });
    await withDriveEmulator(model, async (driveEmulator) => {
      const token = `Bearer ${driveEmulator.issueToken({ scopes })}`;
      for (const [path, expected] of [
        ['files', listing],
        [`files/${id}?alt=media`, downloading],
      ] as const) {
        const [status, reason] = await statusOf(driveEmulator, path, token);
        expect([status, reason]).toEqual([expected, expected === 403 ? 'insufficientPermissions' : null]);
      }
    });
  },
);
