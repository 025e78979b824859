/** Tests that the consent screen, its codes and the tokeninfo endpoint behave like Google's. */
import { createHash } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import type { ConsentOptions } from '../../../functions/drive-emulator/oauth/consent.ts';
import type { DriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { withDriveEmulator } from '../client.ts';

const metadata = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const verifier = 'v'.repeat(64);
const redirect = 'http://127.0.0.1:5000';
const validRequest = {
  client_id: 'client',
  redirect_uri: redirect,
  response_type: 'code',
  scope: metadata,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  access_type: 'offline',
  state: 'mine',
};

async function open(
  consent: ConsentOptions,
  use: (driveEmulator: DriveEmulator) => Promise<void>,
): Promise<void> {
  const oauth = { clientId: 'client', clientSecret: 'secret', refreshToken: 'old', consent };
  await withDriveEmulator(new DriveModel(), use, { oauth });
}

const authorize = (driveEmulator: DriveEmulator, params: Record<string, string>) =>
  fetch(`${driveEmulator.url}/o/oauth2/v2/auth?${new URLSearchParams(params)}`, { redirect: 'manual' });

async function codeOf(driveEmulator: DriveEmulator, more: Record<string, string> = {}): Promise<string> {
  const { headers } = await authorize(driveEmulator, { ...validRequest, ...more });
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

async function exchange(
  driveEmulator: DriveEmulator,
  form: Record<string, string>,
): Promise<[number, Record<string, string>]> {
  const all = {
    grant_type: 'authorization_code',
    client_id: 'client',
    client_secret: 'secret',
    redirect_uri: redirect,
    code_verifier: verifier,
    ...form,
  };
  const response = await fetch(driveEmulator.tokenUrl, { method: 'POST', body: new URLSearchParams(all) });
  return [response.status, (await response.json()) as Record<string, string>];
}

test('redirects the browser with a code and the state, and the code gives tokens that work', async () => {
  await open({}, async (driveEmulator) => {
    const response = await authorize(driveEmulator, validRequest);
    const back = new URL(response.headers.get('location') ?? '');
    expect([response.status, back.origin]).toEqual([302, redirect]);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 'mine', scope: metadata });
    const [status, tokens] = await exchange(driveEmulator, { code: back.searchParams.get('code') ?? '' });
    expect([status, tokens.scope]).toEqual([200, metadata]);
    const refreshed = await fetch(driveEmulator.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'client',
        client_secret: 'secret',
        refresh_token: tokens.refresh_token ?? '',
      }),
    });
    const { access_token: token } = (await refreshed.json()) as { access_token: string };
    // Google's own client parses the response.
    const client = new OAuth2Client({ endpoints: { tokenInfoUrl: `${driveEmulator.url}/tokeninfo` } });
    expect(await client.getTokenInfo(token)).toMatchObject({ aud: 'client', scopes: [metadata] });
  });
});

test.each<[string, Record<string, string>, number, string]>([
  ['an unknown client', { client_id: 'x' }, 401, 'invalid_client'],
  ['a request without a client', { client_id: '' }, 400, 'client_id'],
  ['a redirect to another host', { redirect_uri: 'https://example.com' }, 400, 'redirect_uri_mismatch'],
  [
    'a redirect to a host that only starts with the loopback address',
    { redirect_uri: 'http://127.0.0.1.example.com' },
    400,
    'redirect_uri_mismatch',
  ],
  ['the implicit flow', { response_type: 'token' }, 400, 'response_type'],
  ['a request without a scope', { scope: '' }, 400, 'scope'],
  ['a request without PKCE', { code_challenge: '' }, 400, 'code_challenge'],
  ['a plain code challenge', { code_challenge_method: 'plain' }, 400, 'code_challenge_method'],
  ['an unknown parameter', { offline: 'true' }, 400, 'offline'],
])('shows an error page and does not redirect for %s', async (_, wrong, status, message) => {
  await open({}, async (driveEmulator) => {
    const response = await authorize(driveEmulator, { ...validRequest, ...wrong });
    expect([response.status, response.headers.get('location')]).toEqual([status, null]);
    expect(await response.text()).toContain(message);
  });
});

test.each<[string, Record<string, string>, number, string]>([
  ['a wrong verifier', { code_verifier: 'w'.repeat(64) }, 400, 'invalid_grant'],
  ['a missing verifier', { code_verifier: '' }, 400, 'invalid_grant'],
  ['another redirect URI', { redirect_uri: 'http://127.0.0.1:5001' }, 400, 'redirect_uri_mismatch'],
  ['an unknown code', { code: '4/0Ax' }, 400, 'invalid_grant'],
  ['a wrong client secret', { client_secret: 'x' }, 401, 'invalid_client'],
])('does not exchange a code for tokens with %s', async (_, wrong, status, error) => {
  await open({}, async (driveEmulator) => {
    const code = await codeOf(driveEmulator);
    expect(await exchange(driveEmulator, { code, ...wrong })).toEqual([
      status,
      expect.objectContaining({ error }),
    ]);
  });
});

test('a code can be redeemed only once', async () => {
  await open({}, async (driveEmulator) => {
    const code = await codeOf(driveEmulator);
    expect((await exchange(driveEmulator, { code }))[0]).toBe(200);
    expect((await exchange(driveEmulator, { code }))[1]).toMatchObject({ error: 'invalid_grant' });
  });
});

test.each<[string, ConsentOptions, Record<string, string>, object]>([
  [
    'returns the refresh token lifetime for an app in Testing',
    { refreshTokenSeconds: 604_799 },
    {},
    { refresh_token_expires_in: 604_799 },
  ],
  ['returns no refresh token for online access', {}, { access_type: 'online' }, { refresh_token: undefined }],
  ['returns no refresh token if none is issued', { refreshToken: null }, {}, { refresh_token: undefined }],
  ['returns only the scopes that the user left selected', { granted: [] }, {}, { scope: '' }],
])('exchanging a code %s', async (_, consent, more, expected) => {
  await open(consent, async (driveEmulator) => {
    const [, tokens] = await exchange(driveEmulator, { code: await codeOf(driveEmulator, more) });
    expect({ refresh_token: undefined, ...tokens }).toMatchObject(expected);
  });
});

test('redirects with access_denied if the user denies access', async () => {
  await open({ answer: 'deny' }, async (driveEmulator) => {
    const { headers } = await authorize(driveEmulator, validRequest);
    expect(new URL(headers.get('location') ?? '').search).toBe('?state=mine&error=access_denied');
  });
});

test.each([
  ['unknown', () => 'ya29.unknown'],
  ['expired', (driveEmulator: DriveEmulator) => driveEmulator.issueToken({ lifetimeSeconds: 0 })],
])('tokeninfo rejects a token that is %s', async (_, tokenOf) => {
  await open({}, async (driveEmulator) => {
    const response = await fetch(`${driveEmulator.url}/tokeninfo?access_token=${tokenOf(driveEmulator)}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_token', error_description: 'Invalid Value' },
    ]);
  });
});
