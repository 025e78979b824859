/**
 * Reproduces every cause of failure and records what a person then reads in docs/errors.md.
 * `npx vitest run test/sync/errors -u` regenerates that page.
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

/** The errors seen, by cause. */
const seen = new Map<string, SyncError>();

withoutIdentity();

describe.each([
  ['Drive', driveFailures],
  ['Firestore', firestoreFailures],
])('%s', (_, failures) => {
  test.each(failures.map((cause) => [cause.what, cause] as const))('fails a run: %s', async (what, cause) => {
    const { error, tries } = await fail(cause);
    expect(error).toBeInstanceOf(SyncError);
    // Retryable errors are retried until the policy's tries are used up. Other errors are never retried.
    const isTriedAgain = error.retryable && !retriedByNextRun.has(error.reason) && !isIncomplete(error);
    // With a short call timeout, another call may time out too.
    if (cause.callTimeoutMs) expect(tries).toBeGreaterThanOrEqual(isTriedAgain ? 9 : 1);
    else expect(tries).toBe(isTriedAgain ? 9 : 1);
    seen.set(what, error);
  });
});

/** Reasons of errors that are retryable by the next run only, because this run has already made its tries. */
const retriedByNextRun = new Set<unknown>(['outOfTime', 'conflict']);

/** An incomplete listing: the run continues without the missing part, and the next run tries again. */
const isIncomplete = ({ hint }: SyncError) => hint === driveCauses.incomplete.hint;

/** Runs the sync with a cause of failure. */
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
    // The client reads this variable when it is created, which is before the first await.
    if (host === null) delete process.env.FIRESTORE_EMULATOR_HOST;
    else process.env.FIRESTORE_EMULATOR_HOST = host;
    // The call timeout is long unless the cause is a missing response, so that a busy machine does not cause one.
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
  // A date has no fractions of a second.
  ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
])('honors Retry-After given as %s', async (_, retryAfter) => {
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

test('does not start a wait that would exceed the time limit of the run', async () => {
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

describe('failures that cannot be reproduced locally are recognized by their message or code', () => {
  const refusedToken = (text: string) => ({
    code: 16,
    message: `16 UNAUTHENTICATED: Request had invalid authentication credentials. Getting metadata from plugin failed with error: ${text}`,
  });
  test.each([
    [
      'a revoked service account key',
      refusedToken('invalid_grant: Invalid JWT Signature.'),
      'invalid_grant',
      false,
    ],
    [
      'an unreachable token endpoint',
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
      'a certificate that is not trusted',
      { code: 14, message: '14 UNAVAILABLE: No connection established. Last error: self-signed certificate' },
      'tls',
      false,
    ],
  ])('recognizes %s in an error of Firestore', (_, { code, message }, reason, retryable) => {
    const error = Object.assign(new Error(message), { code });
    expect(catalogError(error, 'reading')).toMatchObject({ reason, retryable });
  });

  test.each([
    ['EAI_AGAIN', true],
    ['ETIMEDOUT', true],
    ['CERT_HAS_EXPIRED', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ])('recognizes %s in an error of Drive', (code, retryable) => {
    const error = Object.assign(new Error('failed'), { code, config: {} });
    expect(driveError(error, 'listing')).toMatchObject({ name: 'NetworkError', reason: code, retryable });
  });
});

test('rejects a malformed private key before any call', () => {
  const environment = {
    GOOGLE_DRIVE_FOLDER_ID: '1AbCdEfGhIjKlMnOpQrStUvWxYz012345',
    FIREBASE_PROJECT_ID: 'my-school-4711',
    FIREBASE_CLIENT_EMAIL: 'sync@my-school-4711.iam.gserviceaccount.com',
    FIREBASE_PRIVATE_KEY: 'no key',
  };
  try {
    readSettings(environment);
  } catch (error) {
    seen.set('Settings: FIREBASE_PRIVATE_KEY is not a key', error as SyncError);
  }
  expect(seen.get('Settings: FIREBASE_PRIVATE_KEY is not a key')).toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('FIREBASE_PRIVATE_KEY is invalid: expected a private key in PEM form'),
  });
});

test('a continuation that cannot be published fails with a retryable error', async () => {
  const { host } = await closedPort();
  vi.stubEnv('PUBSUB_EMULATOR_HOST', host);
  const error = await publishContinuation('projects/p/topics/t', plainRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'NetworkError', reason: 'publish', retryable: true });
  seen.set('Pub/Sub: the continuation cannot be published', error);
});

test('every cause in the tables was seen, and docs/errors.md records it', async () => {
  if (seen.size <= driveFailures.length + firestoreFailures.length) return; // Only some tests were run.
  const hints = new Set([...seen.values()].map(({ hint }) => hint));
  const unseen = Object.entries({ ...driveCauses, ...catalogCauses }).filter(
    ([, { hint }]) => !hints.has(hint),
  );
  expect(unseen.map(([name]) => name)).toEqual(['invalid_grant']);
  await expect(page()).toMatchFileSnapshot('../../../docs/errors.md');
});

/** The page docs/errors.md: what a person reads, by cause. */
function page(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
  // Replaces what differs between machines and runs.
  const steady = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\b(ENOTFOUND|EAI_AGAIN)\b/g, 'ENOTFOUND');
  const rows = [...seen].map(([what, { name, reason = '', retryable, message, hint }]) =>
    [what, name, steady(reason), retryable ? 'yes' : 'no', steady(message), hint].map(cell).join(' | '),
  );
  return [
    '# Errors',
    '',
    'The tests in `test/sync/errors` reproduce each cause and generate this page (`npx vitest run test/sync/errors -u`).',
    'A failed run logs `Synchronization failed: ` and the message. The hint is in the `hint` field of that log line.',
    '',
    '| cause | error | reason | retryable | message | hint |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}
