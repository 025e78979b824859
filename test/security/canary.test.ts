/**
 * Checks in this process that no output contains a secret, whatever goes wrong: every fault at one of the calls of a
 * run or, with HEAVY set, at each of them.
 */
import { describe, expect, test } from 'vitest';
import type { Method } from '../../functions/drive-emulator/api/params.ts';
import { driveFaults, oauthFaults } from '../../functions/drive-emulator/faults/fault-catalog.ts';
import type { Fault } from '../../functions/drive-emulator/faults/faults.ts';
import { canaries, findCanaries, secretVariables } from './canaries.ts';
import { openScene, type Scene } from './scene.ts';

describe('the search for secrets', () => {
  test.each(Object.entries(canaries))('finds the %s in every encoding', (name, value) => {
    const json = JSON.stringify({ deep: JSON.stringify({ value }) });
    for (const text of [
      `before ${value} after`,
      json,
      `https://host/?token=${encodeURIComponent(value)}&x=1`,
      new URLSearchParams({ a: 'b', value, c: 'd' }).toString(),
      Buffer.from(value).toString('hex'),
      ...['', 'x', 'xy'].flatMap((before) => [
        Buffer.from(`${before}${value}:tail`).toString('base64'),
        Buffer.from(`${before}${value}:tail`).toString('base64url'),
      ]),
    ])
      expect(findCanaries(text).join()).toContain(name);
    expect(findCanaries('nothing of interest')).toEqual([]);
  });
});

const callsOfARun: Method[] = ['changes.list', 'files.get', 'files.list', 'changes.getStartPageToken'];
const driveCases = driveFaults.flatMap(({ name, fault }, index) =>
  callsOfARun
    .filter((_, call) => process.env.HEAVY || call === index % callsOfARun.length)
    .map((method): Case => [`${method}: ${name}`, method, fault]),
);
const oauthCases = oauthFaults.map(({ name, fault }): Case => [`token: ${name}`, 'oauth.token', fault]);
type Case = [name: string, method: Method, fault: Fault];

describe.concurrent('a run in which Drive or the token endpoint fails permanently reveals no secret', () => {
  test.each([...driveCases, ...oauthCases])('%s', async (_, method, fault) => {
    await withScene(async (scene) => {
      const active = scene.driveEmulator.faults.add({
        match: { method },
        fault,
        times: Number.POSITIVE_INFINITY,
      });
      // Getting the start page token is a call that only a reconcile makes, and a changed setting causes a reconcile.
      const ran = await scene.run(method === 'changes.getStartPageToken' ? { REMOVALS: 'keep' } : {});
      expect(active.hits).toBeGreaterThan(0);
      expectNothing(ran.thrown, ran.inspected, JSON.stringify(ran.entries), await scene.stored());
    });
  });
});

describe.concurrent('a run in which Firestore fails reveals no secret', () => {
  const codes = Array.from({ length: 16 }, (_, index) => index + 1);
  test.each([
    ...codes.map((code) => [`gRPC status ${code}`, { grpcStatus: code }] as const),
    ['disconnected before the request is handled', 'cutBefore'] as const,
    ['disconnected after the request is handled', 'cutAfter'] as const,
    ['no response', 'stall'] as const,
  ])('%s', async (_, verdict) => {
    await withScene(async (scene) => {
      scene.judge = () => verdict;
      const ran = await scene.run();
      expect(ran.thrown).not.toBe('');
      expectNothing(ran.thrown, ran.inspected, JSON.stringify(ran.entries));
    });
  });
});

describe('invalid settings are not shown', () => {
  const variables = [...Object.keys(secretVariables), 'FIREBASE_PROJECT_ID', 'BOOKS_COLLECTION', 'REMOVALS'];
  const spoiled = [
    ...variables.flatMap((variable) =>
      Object.entries(canaries).map(([name, value]): [string, Record<string, string>] => [
        `the ${name} pasted as ${variable}`,
        { [variable]: value },
      ]),
    ),
    ['a key without its end', { FIREBASE_PRIVATE_KEY: canaries.privateKey.slice(0, 400) }] as const,
    ['a key without its first line', { FIREBASE_PRIVATE_KEY: canaries.privateKey.slice(28) }] as const,
    ['a refresh token with a space', { GOOGLE_REFRESH_TOKEN: `${canaries.refreshToken} x` }] as const,
  ];
  test.each(spoiled)('%s', async (_, wrong) => {
    await withScene(async (scene) => {
      const ran = await scene.run({ ...wrong, RUN_SECONDS: '1' });
      // The client id and the email address are not canaries: they are not secret and may be shown.
      expectNothing(ran.thrown, JSON.stringify(ran.entries), await scene.stored());
    });
  });
});

test('the checkpoint and the books contain no secret', async () => {
  await withScene(async (scene) => {
    const { entries, thrown } = await scene.run({ RUN_SECONDS: '60' });
    expect(thrown).toBe('');
    expect(entries.at(-1)).toMatchObject({ event: 'run_completed', added: 1, updated: 1, removed: 1 });
    const stored = await scene.stored();
    expect(stored).toContain('Emma');
    expectNothing(stored, JSON.stringify(entries));
  });
});

async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await openScene();
  try {
    await use(scene);
  } finally {
    await scene.close();
  }
}

function expectNothing(...outputs: string[]): void {
  for (const output of outputs) expect(findCanaries(output)).toEqual([]);
}
