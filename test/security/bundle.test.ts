/**
 * Checks that the deployed bundle never writes a secret, whatever goes wrong. Searches every line that its process
 * writes.
 */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFunction } from '../../functions/cli/local-runtime/function-process.ts';
import { driveFaults, oauthFaults } from '../../functions/drive-emulator/faults/fault-catalog.ts';
import { contentScope, metadataScope } from '../../functions/sync/drive/connection.ts';
import { buildForTest, type Deployed, deploy } from '../support/function.ts';
import { canaries, findCanaries, secretVariables } from './canaries.ts';
import { type Echo, type Manner, startEcho } from './echo.ts';
import { openScene, type Scene } from './scene.ts';

let bundle: Awaited<ReturnType<typeof buildForTest>>;
let scene: Scene;
let echo: Echo;
let running: Deployed | undefined;

beforeAll(async () => {
  bundle = await buildForTest();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  [scene, echo] = await Promise.all([openScene(), startEcho()]);
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await scene.close();
  await echo.close();
});

async function start(more: Record<string, string> = {}): Promise<Deployed> {
  running = await deploy(bundle.directory, { ...scene.environment, RUN_SECONDS: '1', ...more });
  return running;
}

/**
 * Delivers events until a run reaches what the test set up: on a busy machine a one-second run may not get that far.
 */
async function deliverUntil(isReached: () => boolean, { deliver }: Deployed, attributes = {}): Promise<void> {
  for (let tries = 0; !isReached() && tries < 20; tries++) await deliver({ attributes });
  expect(isReached()).toBe(true);
}

function expectClean(...outputs: string[]): void {
  expect(findCanaries(outputs.join('\n'))).toEqual([]);
}

test('faults of Drive and of the token endpoint reveal no secret (with HEAVY set: all faults)', {
  timeout: 300_000,
}, async () => {
  const deployed = await start();
  const { lines, entries } = deployed;
  const cases = [
    ...oauthFaults.map(({ fault }) => ({ fault, match: { method: 'oauth.token' as const } })),
    ...driveFaults
      .filter((_, index) => process.env.HEAVY || index % 6 === 0)
      .map(({ fault }) => ({
        fault,
        match: {},
      })),
  ];
  for (const rule of cases) {
    const active = scene.driveEmulator.faults.add({ ...rule, times: Number.POSITIVE_INFINITY });
    await deliverUntil(() => active.hits > 0, deployed, { reconcile: 'true' });
    active.remove();
  }
  expect(entries.filter(({ event }) => event === 'run_failed').length).toBeGreaterThan(cases.length / 2);
  expectClean(...lines, await scene.stored());
});

test.each<[string, Manner]>([
  ...(['json', 'html', 'broken'] as const).flatMap((body) =>
    [200, 400, 401, 500].map((status): [string, Manner] => [
      `the token endpoint, ${status} ${body}`,
      { at: 'token', status, body },
    ]),
  ),
  ...(['json', 'html', 'broken', 'item'] as const).flatMap((body) =>
    [200, 400, 401, 403, 404, 429, 500].map((status): [string, Manner] => [
      `Drive, ${status} ${body}`,
      { at: 'drive', status, body },
    ]),
  ),
])('a server that echoes every request reveals no secret: %s', async (_, manner) => {
  // In this process, which is fast. The next test runs one of each kind in the bundle.
  echo.manner = manner;
  const { entries } = await scene.run({ GOOGLE_API_ROOT: echo.url, RUN_SECONDS: '1' });
  expect(findCanaries(echo.received)).not.toEqual([]);
  expect(entries.at(-1)).toMatchObject({ event: 'run_failed' });
  expectClean(JSON.stringify(entries));
});

test('a server that echoes every request reveals no secret in the bundle', async () => {
  const deployed = await start({ GOOGLE_API_ROOT: echo.url });
  const { lines, waitFor } = deployed;
  const manners: Manner[] = [
    { at: 'token', status: 400, body: 'json' },
    { at: 'token', status: 500, body: 'html' },
    { at: 'drive', status: 500, body: 'json' },
    { at: 'drive', status: 400, body: 'json' },
    { at: 'drive', status: 200, body: 'item' },
  ];
  for (const manner of manners) {
    Object.assign(echo, { manner, echoed: 0 });
    await deliverUntil(() => echo.echoed > 0, deployed);
  }
  await waitFor('run_failed', manners.length);
  expectClean(...lines);
});

/** NODE_OPTIONS that redirect requests for Google's token endpoint to another server. */
function redirected(to: string): string {
  const { port } = new URL(to);
  const code = `const https = process.getBuiltinModule('https'), http = process.getBuiltinModule('http');
    const redirect = (url, options) => ({ ...(typeof url === 'string' || url instanceof URL ? { path: new URL(url).pathname, ...options } : url),
      protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port: ${port}, agent: undefined, headers: (options ?? url).headers });
    https.request = (url, options, done) => http.request(redirect(url, typeof options === 'function' ? undefined : options), typeof options === 'function' ? options : done);
    const fetchAnywhere = globalThis.fetch;
    globalThis.fetch = (url, options) => fetchAnywhere(String(url).startsWith('https:') ? 'http://127.0.0.1:${port}' + new URL(url).pathname : url, options);`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

describe('with a service account key for Drive', () => {
  const {
    GOOGLE_CLIENT_ID: _,
    GOOGLE_CLIENT_SECRET: __,
    GOOGLE_REFRESH_TOKEN: ___,
    ...key
  } = secretVariables;
  const oauth = { GOOGLE_CLIENT_ID: '', GOOGLE_CLIENT_SECRET: '', GOOGLE_REFRESH_TOKEN: '' };

  test('a run reveals no secret, with a valid key or with a key that Google rejects', async () => {
    const good = await start({
      ...key,
      ...oauth,
      NODE_OPTIONS: redirected(scene.driveEmulator.url),
      RUN_SECONDS: '30',
    });
    expect(await good.deliver()).toEqual({ status: 204 });
    await good.waitFor('run_completed');
    expectClean(...good.lines, await scene.stored());
    await good.stop();

    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
    const wrong = await start({
      ...key,
      ...oauth,
      FIREBASE_PRIVATE_KEY: pem,
      NODE_OPTIONS: redirected(scene.driveEmulator.url),
      RUN_SECONDS: '30',
    });
    const before = scene.driveEmulator.calls.count('oauth.token');
    await wrong.deliver();
    expect(await wrong.waitFor('run_failed')).toMatchObject([{ reason: 'invalid_grant' }]);
    expect(scene.driveEmulator.calls.count('oauth.token') - before).toBe(1);
    expectClean(...wrong.lines);
    for (const line of pem.split('\n').filter((part) => part !== '' && !part.startsWith('-')))
      expect(wrong.lines.join('\n')).not.toContain(line);
  });

  test('a token endpoint that echoes the signed assertion does not reveal it', async () => {
    const deployed = await start({ ...key, ...oauth, NODE_OPTIONS: redirected(echo.url) });
    const { lines, waitFor } = deployed;
    for (const status of [400, 500]) {
      Object.assign(echo, { manner: { at: 'token', status, body: 'json' }, echoed: 0 });
      await deliverUntil(() => echo.echoed > 0, deployed);
    }
    await waitFor('run_failed', 2);
    const assertion = /assertion=([\w.-]+)/.exec(echo.received)?.[1] ?? '';
    expect(assertion).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(lines.join('\n')).not.toContain(assertion.split('.')[2]);
    expectClean(...lines);
  });

  test.each([
    ['off', metadataScope],
    ['fill', contentScope],
    ['prefer', contentScope],
  ])('a run with EMBEDDED_METADATA=%s requests the scope %s', async (mode, scope) => {
    const { deliver, waitFor } = await start({
      ...key,
      ...oauth,
      EMBEDDED_METADATA: mode,
      RUN_SECONDS: '30',
      NODE_OPTIONS: redirected(echo.url),
    });
    echo.manner = { at: 'token', status: 400, body: 'json' };
    await deliver();
    await waitFor('run_failed');
    const [, claims = ''] = /assertion=[\w-]+\.([\w-]+)\./.exec(echo.received) ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ scope });
  });
});

/** The process crashes unexpectedly, with all its secrets in what it throws. */
test.each([
  ['an unhandled rejection', 'Promise.reject(new Error(all))'],
  ['a rejection with a cause', 'Promise.reject(new Error("outer", { cause: new Error(all) }))'],
  ['a rejection with a plain object', 'Promise.reject({ config: { data: all }, all })'],
  ['a rejection with a string', 'Promise.reject(all)'],
  ['an uncaught exception', 'setTimeout(() => { throw Object.assign(new Error(all), { all }) })'],
])('a crash reveals no secret: %s', async (_, crash) => {
  const names = Object.keys(secretVariables)
    .slice(1)
    .filter((name) => name !== 'FIREBASE_CLIENT_EMAIL');
  const code = `process.on('SIGUSR2', () => {
    const all = ${JSON.stringify(names)}.map((name) => process.env[name]).join(' ') + ' ya' + '29.canary'; ${crash}; });
    console.log(process.pid);`;
  const { lines, waitFor } = await start({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
  });
  process.kill(Number(lines[0]), 'SIGUSR2');
  expect(await waitFor('run_failed')).toMatchObject([{ severity: 'ERROR' }]);
  await running?.stop();
  expect(lines.join('\n')).toContain('Process exited with code 16');
  expectClean(...lines);
});

test('invalid settings end the process without being shown', async () => {
  const lines: string[] = [];
  const environment = {
    ...scene.environment,
    // Each value in the place of another: an easy mistake in a form with seven fields.
    FIREBASE_PRIVATE_KEY: canaries.refreshToken,
    FIREBASE_CLIENT_EMAIL: canaries.privateKey,
    FIREBASE_PROJECT_ID: canaries.clientSecret,
    GOOGLE_CLIENT_SECRET: `${canaries.clientSecret} ${canaries.privateKey}`,
  };
  await expect(
    startFunction({ environment, source: bundle.directory, onLine: (line) => lines.push(line) }),
  ).rejects.toThrow(/Nothing is listening/);
  expect(lines.join('\n')).toContain('settings are invalid');
  expectClean(...lines);
});

test('a continuation that cannot be published is logged, and the event is delivered again', async () => {
  const { drive } = scene.driveEmulator;
  const parent = scene.environment.GOOGLE_DRIVE_FOLDER_ID ?? '';
  for (let i = 0; i < 500; i++) drive.addFile({ name: `More ${i} - Ann Author.pdf`, parent });
  const { deliver, lines, waitFor } = await start({
    RUN_SECONDS: '4',
    WRITES_PER_SECOND: '50',
    CONTINUE_TOPIC: 'projects/p/topics/t',
    PUBSUB_EMULATOR_HOST: new URL(echo.url).host,
  });
  echo.manner = { at: 'drive', status: 403, body: 'json' };
  expect(await deliver({ attributes: { reconcile: 'true' } })).toEqual({ status: 500 });
  expect(await waitFor('run_failed')).toMatchObject([
    { error: 'NetworkError', reason: 'publish', hint: expect.stringContaining('pubsub.publisher') },
  ]);
  expectClean(...lines);
});
