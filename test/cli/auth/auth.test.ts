/** Tests the whole flow, from reading the settings file to updating it. */
import { chmod } from 'node:fs/promises';
import { get } from 'node:http';
import path from 'node:path';
import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { CommandError } from '../../../functions/cli/shared/command-error.ts';
import type { ConsentOptions } from '../../../functions/drive-emulator/oauth/consent.ts';
import { contentScope, metadataScope } from '../../../functions/sync/drive/connection.ts';
import { allow, attempt, clientSecret, sentTo, show } from './attempt.ts';

const folderLine = 'GOOGLE_DRIVE_FOLDER_ID=@library';

test('writes the token to the file and changes nothing else in it', async () => {
  const lines = [
    '# mine',
    folderLine,
    'IDENTITY=oauth',
    'GOOGLE_REFRESH_TOKEN=old # the last one',
    '',
    'X=1',
  ];
  await attempt({ lines, consent: { refreshToken: '1//new-token' } }, async ({ root, file, mode, go }) => {
    await chmod(path.join(root, '.env.dev'), 0o644);
    const before = await file();
    const { outcome, said, pages } = await go();
    expect(outcome).toBe(true);
    expect(pages).toEqual([{ status: 200, text: expect.stringContaining('The token is saved') }]);
    expect(await file()).toBe(
      before.replace('GOOGLE_REFRESH_TOKEN=old # the last one', 'GOOGLE_REFRESH_TOKEN=1//new-token'),
    );
    expect(await mode()).toBe(0o600);
    expect(said).toContain('The token belongs to reader@example.com.');
    expect(said).toContain('The token can access the folder.');
    expect(said).toContain('If the consent screen is in "Testing", this token expires after 7 days');
    expect(said).toContain('https://console.cloud.google.com/auth/audience?project=4711');
    for (const secret of ['1//new-token', clientSecret, 'ya29.', '4/0A']) {
      expect(said).not.toContain(secret);
      expect(pages[0]?.text).not.toContain(secret);
    }
  });
});

test('requests offline access with consent, PKCE and only the needed scope', async () => {
  const asked = async (lines: string[]) => {
    let url = '';
    await attempt({ lines }, async ({ go }) => {
      await go((page) => {
        url = page;
        return allow(page);
      });
    });
    return Object.fromEntries(new URL(url).searchParams);
  };
  const one = await asked([]);
  expect(one).toMatchObject({
    access_type: 'offline',
    prompt: 'consent',
    response_type: 'code',
    scope: metadataScope,
    code_challenge_method: 'S256',
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(one.state).toMatch(/^[\w-]{43}$/);
  const other = await asked(['EMBEDDED_METADATA=fill']);
  expect(other.scope).toBe(contentScope);
  expect([other.state, other.code_challenge]).not.toContain(one.state);
  expect(other.code_challenge).not.toBe(one.code_challenge);
});

test('ignores a response with another state and still accepts the right one', async () => {
  await attempt({ lines: [folderLine] }, async ({ go, file }) => {
    const { outcome, said, pages } = await go(async (url) => {
      const right = await sentTo(url);
      const strangers = ['', 'x', `${right.searchParams.get('state')}x`].map((state) => {
        const wrong = new URL(right);
        wrong.searchParams.set('state', state);
        wrong.searchParams.set('code', '4/0Astranger');
        return wrong;
      });
      const seen = [];
      for (const wrong of strangers) seen.push(await show(wrong));
      seen.push(await show(new URL('/favicon.ico', right)));
      // No URL parser accepts this path, but anybody can send it.
      const { status } = await new Promise<{ status: number }>((resolve, reject) =>
        get({ port: right.port, path: '//' }, (response) => {
          response.resume();
          resolve({ status: response.statusCode ?? 0 });
        }).once('error', reject),
      );
      seen.push({ status, text: '' }, await show(right));
      return seen;
    });
    expect(pages.map(({ status }) => status)).toEqual([400, 400, 400, 404, 404, 200]);
    expect(said.match(/belongs to another attempt/g)).toHaveLength(3);
    expect(outcome).toBe(true);
    expect(parse(await file()).GOOGLE_REFRESH_TOKEN).toMatch(/^1\/\//);
  });
});

test.each<[string, ConsentOptions, RegExp]>([
  [
    'the person denies access',
    { answer: 'deny' },
    /Access was denied.*"Testing".*auth\/audience\?project=4711/s,
  ],
  [
    'the box is unchecked',
    { granted: [] },
    /Permission missing: .*drive\.metadata\.readonly was not granted/,
  ],
  [
    'Google returns no refresh token',
    { refreshToken: null },
    /no refresh token.*myaccount\.google\.com\/connections/s,
  ],
])(
  'if %s, says so in the terminal and the browser, and leaves the file unchanged',
  async (_, consent, message) => {
    await attempt({ consent }, async ({ go, file }) => {
      const before = await file();
      const { outcome, pages } = await go();
      expect(outcome).toBeInstanceOf(CommandError);
      expect((outcome as CommandError).message).toMatch(message);
      expect((outcome as CommandError).exitCode).toBe(1);
      expect(pages[0]?.text).toContain('Failed');
      expect(await file()).toBe(before);
    });
  },
);

test('says what to do if the code was already used', async () => {
  await attempt({}, async ({ go, driveEmulator }) => {
    const { outcome } = await go(async (url) => {
      const back = await sentTo(url);
      // Somebody who intercepted the code tries it first. Without the verifier this fails, but it uses up the code.
      const form = { grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '' };
      const stolen = await fetch(driveEmulator.tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({
          ...form,
          client_id: new URL(url).searchParams.get('client_id') ?? '',
          client_secret: clientSecret,
          redirect_uri: new URL(url).searchParams.get('redirect_uri') ?? '',
          code_verifier: 'guessed',
        }),
      });
      expect([stolen.status, await stolen.json()]).toEqual([
        400,
        { error: 'invalid_grant', error_description: 'Invalid code verifier.' },
      ]);
      return [await show(back)];
    });
    expect((outcome as CommandError).message).toMatch(/invalid_grant\.\nA code can be used once/);
  });
});

test('says what to check if the client secret is wrong', async () => {
  await attempt({ lines: ['GOOGLE_CLIENT_SECRET=GOCSPX-another'] }, async ({ go }) => {
    const { outcome } = await go();
    expect((outcome as CommandError).message).toMatch(/invalid_client\.\nCheck GOOGLE_CLIENT_ID/);
    expect((outcome as CommandError).message).not.toContain('GOCSPX');
  });
});

test('says when the token expires and where to prevent that', async () => {
  await attempt({ consent: { refreshTokenSeconds: 604_799 } }, async ({ go }) => {
    const { said, outcome } = await go();
    expect(said).toMatch(/This token expires in 7 days, because the consent screen is in "Testing"/);
    expect(outcome).toBe(true);
  });
});

test.each([
  [['IDENTITY=keyless'], /Set IDENTITY=oauth in \.env\.dev\. It is currently keyless/],
  [['GOOGLE_DRIVE_FOLDER_ID=1AbCdEfGhIjKlMnOpQrStUvWxYz012345'], /is not accessible\.\nShare the folder/],
])('saves the token and says what is left to do with %j', async (lines, expected) => {
  await attempt({ lines }, async ({ go, file }) => {
    const { outcome, said } = await go();
    expect(outcome).toBe(false);
    expect(said).toMatch(expected);
    expect(parse(await file()).GOOGLE_REFRESH_TOKEN).toMatch(/^1\/\//);
  });
});

test('times out if nobody responds', async () => {
  await attempt({}, async ({ go, file }) => {
    const before = await file();
    const { outcome } = await go(async () => [], { timeoutMs: 50 });
    expect((outcome as CommandError).message).toMatch(/Timed out.*unchanged/);
    expect(await file()).toBe(before);
  });
});

test('can be canceled while the token endpoint does not respond', async () => {
  await attempt({}, async ({ go, driveEmulator }) => {
    driveEmulator.faults.add({ match: { method: 'oauth.token' }, fault: { kind: 'hang' } });
    const canceled = new AbortController();
    driveEmulator.faults.onCall(({ method }) => {
      if (method === 'oauth.token') setTimeout(() => canceled.abort(), 20);
    });
    const { outcome } = await go(allow, { signal: canceled.signal });
    expect((outcome as CommandError).exitCode).toBe(130);
  });
});
