/** The consent screen, the codes it gives, and what a token says of itself, as Google has them. */
import { createHash } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';
import { expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import type { ConsentOptions } from '../../../functions/drive-emulator/oauth/consent.ts';
import type { DriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { withSandbox } from '../client.ts';

const metadata = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const verifier = 'v'.repeat(64);
const redirect = 'http://127.0.0.1:5000';
const asked = {
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
  await withSandbox(new DriveModel(), use, { oauth });
}

const ask = (driveEmulator: DriveEmulator, params: Record<string, string>) =>
  fetch(`${driveEmulator.url}/o/oauth2/v2/auth?${new URLSearchParams(params)}`, { redirect: 'manual' });

async function codeOf(driveEmulator: DriveEmulator, more: Record<string, string> = {}): Promise<string> {
  const { headers } = await ask(driveEmulator, { ...asked, ...more });
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

test('the browser is sent back with a code and the state, and the code brings tokens that work', async () => {
  await open({}, async (driveEmulator) => {
    const response = await ask(driveEmulator, asked);
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
    // Google's own client reads what the token is for.
    const client = new OAuth2Client({ endpoints: { tokenInfoUrl: `${driveEmulator.url}/tokeninfo` } });
    expect(await client.getTokenInfo(token)).toMatchObject({ aud: 'client', scopes: [metadata] });
  });
});

test.each<[string, Record<string, string>, number, string]>([
  ['another client', { client_id: 'x' }, 401, 'invalid_client'],
  ['no client', { client_id: '' }, 400, 'client_id'],
  ['a page elsewhere to go back to', { redirect_uri: 'https://example.com' }, 400, 'redirect_uri_mismatch'],
  [
    'a host that only begins like this machine',
    { redirect_uri: 'http://127.0.0.1.example.com' },
    400,
    'redirect_uri_mismatch',
  ],
  ['a token at once', { response_type: 'token' }, 400, 'response_type'],
  ['no scope', { scope: '' }, 400, 'scope'],
  ['no PKCE', { code_challenge: '' }, 400, 'code_challenge'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 400, 'code_challenge_method'],
  ['a parameter that is none', { offline: 'true' }, 400, 'offline'],
])('%s is refused on a page, and the browser stays there', async (_, wrong, status, said) => {
  await open({}, async (driveEmulator) => {
    const response = await ask(driveEmulator, { ...asked, ...wrong });
    expect([response.status, response.headers.get('location')]).toEqual([status, null]);
    expect(await response.text()).toContain(said);
  });
});

test.each<[string, Record<string, string>, number, string]>([
  ['another verifier', { code_verifier: 'w'.repeat(64) }, 400, 'invalid_grant'],
  ['no verifier', { code_verifier: '' }, 400, 'invalid_grant'],
  ['another way back', { redirect_uri: 'http://127.0.0.1:5001' }, 400, 'redirect_uri_mismatch'],
  ['another code', { code: '4/0Ax' }, 400, 'invalid_grant'],
  ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
])('a code with %s brings nothing', async (_, wrong, status, error) => {
  await open({}, async (driveEmulator) => {
    const code = await codeOf(driveEmulator);
    expect(await exchange(driveEmulator, { code, ...wrong })).toEqual([
      status,
      expect.objectContaining({ error }),
    ]);
  });
});

test('a code is good once', async () => {
  await open({}, async (driveEmulator) => {
    const code = await codeOf(driveEmulator);
    expect((await exchange(driveEmulator, { code }))[0]).toBe(200);
    expect((await exchange(driveEmulator, { code }))[1]).toMatchObject({ error: 'invalid_grant' });
  });
});

test.each<[string, ConsentOptions, Record<string, string>, object]>([
  ['offline, in Testing', { refreshTokenSeconds: 604_799 }, {}, { refresh_token_expires_in: 604_799 }],
  ['online', {}, { access_type: 'online' }, { refresh_token: undefined }],
  ['offline, but refused', { refreshToken: null }, {}, { refresh_token: undefined }],
  ['a box unticked', { granted: [] }, {}, { scope: '' }],
])('what comes with a code: %s', async (_, consent, more, expected) => {
  await open(consent, async (driveEmulator) => {
    const [, tokens] = await exchange(driveEmulator, { code: await codeOf(driveEmulator, more) });
    expect({ refresh_token: undefined, ...tokens }).toMatchObject(expected);
  });
});

test('a denial is sent back as one', async () => {
  await open({ answer: 'deny' }, async (driveEmulator) => {
    const { headers } = await ask(driveEmulator, asked);
    expect(new URL(headers.get('location') ?? '').search).toBe('?state=mine&error=access_denied');
  });
});

test.each([
  ['unknown', () => 'ya29.unknown'],
  ['expired', (driveEmulator: DriveEmulator) => driveEmulator.issueToken({ lifetimeSeconds: 0 })],
])('tokeninfo of a token that is %s', async (_, tokenOf) => {
  await open({}, async (driveEmulator) => {
    const response = await fetch(`${driveEmulator.url}/tokeninfo?access_token=${tokenOf(driveEmulator)}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_token', error_description: 'Invalid Value' },
    ]);
  });
});
