/**
 * Every cause of failure, made for real, and what a person then reads: docs/errors.md is what this test saw.
 * `npx vitest run test/sync/errors -u` writes it anew.
 */
import { describe, expect, test, vi } from 'vitest';
import { catalogCauses } from '../../../functions/sync/catalog/causes.ts';
import { catalogError } from '../../../functions/sync/catalog/errors.ts';
import { readSettings } from '../../../functions/sync/core/config.ts';
import { SyncError } from '../../../functions/sync/core/errors.ts';
import { createLogs, type LogEntry } from '../../../functions/sync/core/logs.ts';
import { createRedactor } from '../../../functions/sync/core/redact.ts';
import { driveCauses } from '../../../functions/sync/drive/causes.ts';
import { driveError } from '../../../functions/sync/drive/errors.ts';
import { sync } from '../../../functions/sync/sync.ts';
import { publishContinuation } from '../../../functions/sync/trigger/continuation.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { withoutIdentity } from '../../support/no-identity.ts';
import { openWorld } from '../../support/world.ts';
import type { Cause } from './cause.ts';
import { driveFailures } from './drive.ts';
import { firestoreFailures } from './firestore.ts';
import { closedPort } from './servers.ts';

/** What was seen, cause by cause. */
const seen = new Map<string, SyncError>();

withoutIdentity();

describe.each([
  ['Drive', driveFailures],
  ['Firestore', firestoreFailures],
])('%s', (_, failures) => {
  test.each(failures.map((cause) => [cause.what, cause] as const))('%s', async (what, cause) => {
    const { error, tries } = await fail(cause);
    expect(error).toBeInstanceOf(SyncError);
    // What may pass is tried again until the policy's tries are used up; what will not, never.
    const isTriedAgain = error.retryable && !lastWords.has(error.reason) && !isGap(error);
    // Where answers may not take long, some other answer may be late too.
    if (cause.callTimeoutMs) expect(tries).toBeGreaterThanOrEqual(isTriedAgain ? 9 : 1);
    else expect(tries).toBe(isTriedAgain ? 9 : 1);
    seen.set(what, error);
  });
});

/** The reasons of errors that come after tries of their own; the next run may do better. */
const lastWords = new Set<unknown>(['outOfTime', 'conflict']);

/** A folder that was not seen whole: the run goes on without it, and the next one tries again. */
const isGap = ({ hint }: SyncError) => hint === driveCauses.incomplete.hint;

/** Runs the sync in a world where something is wrong. */
async function fail(cause: Cause): Promise<{ error: SyncError; tries: number }> {
  const world = await openWorld();
  const undo: (() => unknown)[] = [world.close];
  const entries: LogEntry[] = [];
  const logs = createLogs((entry) => entries.push(entry), createRedactor([]));
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  try {
    world.drive.addFile({ name: 'Emma - Jane Austen.pdf', parent: world.root });
    const settings = { ...world.settings, ...(await cause.make(world, (step) => undo.unshift(step))) };
    const host = cause.firestoreHost ? await cause.firestoreHost() : world.firestoreHost;
    // The client reads this when it is made, which is before the first wait.
    if (host === null) delete process.env.FIRESTORE_EMULATOR_HOST;
    else process.env.FIRESTORE_EMULATOR_HOST = host;
    // Answers may take long unless the cause is that none comes: a busy machine must not look like one.
    const run = sync(plainRequest, settings, logs, {
      retryBaseMs: 1,
      callTimeoutMs: cause.callTimeoutMs ?? 20_000,
    });
    process.env.FIRESTORE_EMULATOR_HOST = emulator;
    const error = await run.then(
      () => undefined,
      (thrown) => thrown,
    );
    return { error, tries: 1 + entries.filter(({ event }) => event === 'retrying').length };
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = emulator;
    for (const step of undo) await step();
  }
}

test.each([
  ['seconds', () => 1],
  // A date has no parts of a second.
  ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
])('Retry-After is honoured: %s', async (_, retryAfter) => {
  const world = await openWorld();
  try {
    const fault = { kind: 'status', status: 429, retryAfter: retryAfter() } as const;
    world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault });
    expect(await world.run()).toMatchObject({ kind: 'completed' });
    const [waited] = world.logs.filter(({ event }) => event === 'retrying');
    expect(waited?.delayMs).toBeGreaterThan(700);
  } finally {
    await world.close();
  }
});

test('a wait that would outlast the run is not begun', async () => {
  const world = await openWorld();
  try {
    const fault = { kind: 'status', status: 429, retryAfter: 100 } as const;
    world.driveEmulator.faults.add({ match: { method: 'files.list' }, fault });
    await expect(world.run(plainRequest, { runSeconds: 50 })).rejects.toMatchObject({
      reason: 'rateLimitExceeded',
    });
    expect(world.said('retrying')).toEqual([]);
  } finally {
    await world.close();
  }
});

describe('what cannot be had on one machine is told by its look', () => {
  const refusedToken = (text: string) => ({
    code: 16,
    message: `16 UNAUTHENTICATED: Request had invalid authentication credentials. Getting metadata from plugin failed with error: ${text}`,
  });
  test.each([
    ['a revoked key', refusedToken('invalid_grant: Invalid JWT Signature.'), 'invalid_grant', false],
    [
      'a token endpoint out of reach',
      refusedToken('getaddrinfo ENOTFOUND oauth2.googleapis.com'),
      'network',
      true,
    ],
    [
      'a token endpoint that is down',
      refusedToken('Request failed with status code 503'),
      'unavailable',
      true,
    ],
    [
      'a certificate nobody vouches for',
      { code: 14, message: '14 UNAVAILABLE: No connection established. Last error: self-signed certificate' },
      'tls',
      false,
    ],
  ])('of Firestore: %s', (_, { code, message }, reason, retryable) => {
    const error = Object.assign(new Error(message), { code });
    expect(catalogError(error, 'reading')).toMatchObject({ reason, retryable });
  });

  test.each([
    ['EAI_AGAIN', true],
    ['ETIMEDOUT', true],
    ['CERT_HAS_EXPIRED', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ])('of Drive: %s', (code, retryable) => {
    const error = Object.assign(new Error('failed'), { code, config: {} });
    expect(driveError(error, 'listing')).toMatchObject({ name: 'NetworkError', reason: code, retryable });
  });
});

test('a key that is no key is told before anything is asked', () => {
  const environment = {
    GOOGLE_DRIVE_FOLDER_ID: '1AbCdEfGhIjKlMnOpQrStUvWxYz012345',
    FIREBASE_PROJECT_ID: 'my-school-4711',
    FIREBASE_CLIENT_EMAIL: 'sync@my-school-4711.iam.gserviceaccount.com',
    FIREBASE_PRIVATE_KEY: 'no key',
  };
  try {
    readSettings(environment);
  } catch (error) {
    seen.set('Settings: FIREBASE_PRIVATE_KEY is no key', error as SyncError);
  }
  expect(seen.get('Settings: FIREBASE_PRIVATE_KEY is no key')).toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('FIREBASE_PRIVATE_KEY is malformed: expected a private key in PEM form'),
  });
});

test('a continuation that cannot be published', async () => {
  const { host } = await closedPort();
  vi.stubEnv('PUBSUB_EMULATOR_HOST', host);
  const error = await publishContinuation('projects/p/topics/t', plainRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'NetworkError', reason: 'publish', retryable: true });
  seen.set('Pub/Sub: the continuation cannot be published', error);
});

test('every cause of the tables was met, and docs/errors.md says what was seen', async () => {
  if (seen.size <= driveFailures.length + firestoreFailures.length) return; // Only some were asked for.
  const hints = new Set([...seen.values()].map(({ hint }) => hint));
  const unseen = Object.entries({ ...driveCauses, ...catalogCauses }).filter(
    ([, { hint }]) => !hints.has(hint),
  );
  expect(unseen.map(([name]) => name)).toEqual(['invalid_grant']);
  await expect(page()).toMatchFileSnapshot('../../../docs/errors.md');
});

/** The page: what a person reads, cause by cause. */
function page(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
  // What differs from machine to machine and from run to run.
  const steady = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\b(ENOTFOUND|EAI_AGAIN)\b/g, 'ENOTFOUND');
  const rows = [...seen].map(([what, { name, reason = '', retryable, message, hint }]) =>
    [what, name, steady(reason), retryable ? 'yes' : 'no', steady(message), hint].map(cell).join(' | '),
  );
  return [
    '# What an error says',
    '',
    'Each cause was made for real by `test/sync/errors`, which keeps this page (`npx vitest run test/sync/errors -u`).',
    'A run says `Synchronization failed: ` and the sentence; the advice is the field `hint` of that log line.',
    '',
    '| cause | error | reason | another try can help | sentence | advice |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}
