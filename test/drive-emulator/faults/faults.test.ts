import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { driveFaults, oauthFaults } from '../../../functions/drive-emulator/faults/fault-catalog.ts';
import type { Call, Fault } from '../../../functions/drive-emulator/faults/faults.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { get } from '../client.ts';

let drive: DriveModel;
let driveEmulator: DriveEmulator;
let token: string;

beforeEach(async () => {
  drive = new DriveModel();
  for (const name of ['a', 'b', 'c']) drive.addFile({ name, parent: 'root' });
  driveEmulator = await startDriveEmulator(drive);
  token = driveEmulator.issueToken();
});

afterEach(() => driveEmulator.close());

const listPath =
  'files?fields=incompleteSearch,files(id,name,mimeType,parents,md5Checksum,size,createdTime,modifiedTime)';

/** Makes a call and returns what the client sees: a status and a body, or how the call failed. */
async function observe(
  path = listPath,
  ms = 10_000,
): Promise<{ status: number; body: string; retryAfter: string | null }> {
  try {
    const response = await fetch(`${driveEmulator.url}/drive/v3/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ms),
    });
    const retryAfter = response.headers.get('retry-after');
    // If the connection is cut, reading the body fails after the part that arrived.
    const body = await response.text().catch(() => 'cut');
    return { status: response.status, body, retryAfter };
  } catch (error) {
    return { status: 0, body: (error as Error).name, retryAfter: null };
  }
}

/** Makes a call and expects it to fail as the fault says. */
async function expectFault(fault: Fault): Promise<void> {
  // The timeout is short only if no response is expected, because a busy machine can be slow to respond.
  const seen = await observe(listPath, fault.kind === 'hang' ? 300 : 10_000);
  const json = () => JSON.parse(seen.body);
  switch (fault.kind) {
    case 'status':
      expect(seen.status).toBe(fault.status);
      expect(seen.retryAfter).toBe(fault.retryAfter === undefined ? null : String(fault.retryAfter));
      if (fault.html) expect(seen.body).toContain('<!DOCTYPE html>');
      else {
        expect(json().error).toMatchObject({ code: fault.status, errors: [{ domain: expect.any(String) }] });
        if (fault.reason !== undefined) expect(json().error.errors[0].reason).toBe(fault.reason);
      }
      return;
    case 'cut':
      return expect(seen).toMatchObject({ status: 0, body: 'TypeError' });
    case 'half':
      return expect(seen).toMatchObject({ status: 200, body: 'cut' });
    case 'html':
      expect(seen).toMatchObject({ status: 200, body: expect.stringContaining('<!DOCTYPE html>') });
      return;
    case 'truncatedJson':
      expect(seen.status).toBe(200);
      expect(json).toThrow(SyntaxError);
      return;
    case 'slow':
      expect(json().files).toHaveLength(3);
      return;
    case 'hang':
      return expect(seen).toMatchObject({ status: 0, body: 'TimeoutError' });
    case 'expireTokens':
      expect(json().error).toMatchObject({ code: 401, errors: [{ reason: 'authError' }] });
      token = driveEmulator.issueToken();
      return;
    case 'incompleteSearch':
      expect(json().incompleteSearch).toBe(true);
      expect(json().files).toHaveLength(3 - (fault.missing ?? 0));
      return;
    case 'dropFields': {
      const [first, second] = json().files;
      expect(Object.keys(second)).toHaveLength(8);
      expect(Object.keys(second).filter((field) => !(field in first))).toEqual(fault.fields);
      return;
    }
    default:
      throw new Error(`No expectation for fault kind: ${fault.kind}`);
  }
}

test.each(driveFaults.map((named) => [named.name, named.fault] as const))(
  'injects the fault "%s" once, and the next call succeeds',
  async (_name, fault) => {
    const active = driveEmulator.faults.add({ match: { method: 'files.list' }, fault });
    await expectFault(fault);
    expect(active.hits).toBe(1);
    const next = await observe();
    expect(JSON.parse(next.body)).toMatchObject({ incompleteSearch: false, files: [{ name: 'a' }, {}, {}] });
    expect(active.hits).toBe(1);
  },
);

test('the names in the fault catalog are unique', () => {
  const names = [...driveFaults, ...oauthFaults].map((named) => named.name);
  expect(new Set(names).size).toBe(names.length);
});

test('a slow response is delayed by the given time', async () => {
  driveEmulator.faults.add({ fault: { kind: 'slow', ms: 120 } });
  const start = performance.now();
  await observe();
  expect(performance.now() - start).toBeGreaterThanOrEqual(115);
});

describe('fault rules', () => {
  const fault: Fault = { kind: 'status', status: 503 };

  /** Makes calls one after the other and returns their statuses. */
  async function statuses(paths: readonly string[]): Promise<number[]> {
    const seen: number[] = [];
    for (const path of paths) seen.push((await observe(path)).status);
    return seen;
  }

  test('hit the n-th call of a method, and as many calls as set', async () => {
    driveEmulator.faults.add({ match: { method: 'files.list', call: 2 }, times: 2, fault });
    const paths = ['files', 'files/root', 'files', 'files/root', 'files', 'files'];
    expect(await statuses(paths)).toEqual([200, 200, 503, 200, 503, 200]);
  });

  test('count calls from when the rule was added', async () => {
    await observe();
    driveEmulator.faults.add({ match: { method: 'files.list', call: 1 }, fault });
    expect(await statuses(['files', 'files'])).toEqual([503, 200]);
  });

  test('hit calls that match a condition', async () => {
    const isRoot = (call: Call) => call.id === 'root' && call.params.get('fields') === 'id';
    driveEmulator.faults.add({ match: { call: isRoot }, times: Infinity, fault });
    const paths = ['files', 'files/root', 'files/root?fields=id', 'files/root?fields=id'];
    expect(await statuses(paths)).toEqual([200, 200, 503, 503]);
  });

  test('apply in the order they were added, at most one per call', async () => {
    const first = driveEmulator.faults.add({ fault });
    const second = driveEmulator.faults.add({ times: 2, fault: { kind: 'status', status: 500 } });
    expect(await statuses(['files', 'files', 'files', 'files'])).toEqual([503, 500, 500, 200]);
    expect([first.hits, second.hits]).toEqual([1, 2]);
  });

  test('hit no calls after they were removed', async () => {
    driveEmulator.faults.add({ times: Infinity, fault }).remove();
    expect(await statuses(['files'])).toEqual([200]);
    driveEmulator.faults.add({ times: Infinity, fault });
    driveEmulator.faults.clear();
    expect(await statuses(['files'])).toEqual([200]);
  });

  test('distinguish a download from a get', async () => {
    const { id } = drive.addFile({ name: 'x', parent: 'root', content: 'x' });
    driveEmulator.faults.add({ match: { method: 'files.download' }, fault });
    expect(await statuses([`files/${id}`, `files/${id}?alt=media`])).toEqual([200, 503]);
  });
});

test('a listener is called before each response is made and can change what it contains', async () => {
  const heard: string[] = [];
  const end = driveEmulator.faults.onCall((call) => {
    heard.push(`${call.method} ${call.index}`);
    if (call.method === 'files.list' && call.index === 2) drive.addFile({ name: 'late', parent: 'root' });
  });
  const countFiles = async () => JSON.parse((await observe()).body).files.length;
  expect([await countFiles(), await countFiles()]).toEqual([3, 4]);
  end();
  await observe();
  expect(heard).toEqual(['files.list 1', 'files.list 2']);
});

test('dropping fields of a change also drops them from its file', async () => {
  const start = drive.feeds.user.startPageToken();
  for (const name of ['x', 'y']) drive.addFile({ name, parent: 'root' });
  driveEmulator.faults.add({ fault: { kind: 'dropFields', fields: ['name', 'removed'], entry: 2 } });
  const { json } = await get(
    driveEmulator,
    `changes?pageToken=${start}&fields=changes(removed,file(id,name))`,
  );
  const { changes } = json as { changes: object[] };
  expect(changes[0]).toHaveProperty('file.name');
  expect(changes[1]).not.toHaveProperty('file.name');
  expect(changes[1]).not.toHaveProperty('removed');
  expect(changes[1]).toHaveProperty('file.id');
});

test.each(oauthFaults.map((named) => [named.name, named.fault] as const))(
  'the token endpoint fails once with the fault "%s"',
  async (_name, fault) => {
    driveEmulator.faults.add({ match: { method: 'oauth.token' }, fault });
    const requestToken = () =>
      fetch(driveEmulator.tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'c', refresh_token: 'r' }),
      });
    if (fault.kind === 'cut') await expect(requestToken()).rejects.toThrow(TypeError);
    else {
      const response = await requestToken();
      const expected = { oauth: [400, 401], status: [503], html: [200] }[fault.kind as 'oauth'];
      expect(expected).toContain(response.status);
      const body = await response.text();
      if (fault.kind === 'oauth') expect(JSON.parse(body).error).toBe(fault.error);
      else expect(body).not.toContain('access_token');
    }
    expect(await (await requestToken()).json()).toHaveProperty('access_token');
  },
);

test('closing the emulator ends waiting calls immediately', async () => {
  driveEmulator.faults.add({ fault: { kind: 'hang' } });
  driveEmulator.faults.add({ fault: { kind: 'slow', ms: 60_000 } });
  const waiting = Promise.all([observe(listPath, 30_000), observe(listPath, 30_000)]);
  while (driveEmulator.calls.total < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = performance.now();
  await driveEmulator.close();
  expect((await waiting).map((seen) => seen.status)).toEqual([0, 0]);
  expect(performance.now() - start).toBeLessThan(5000);
});

test('a program that closed its emulator exits, even if a response was still pending', () => {
  const from = (name: string) =>
    JSON.stringify(new URL(`../../../functions/drive-emulator/${name}`, import.meta.url));
  const script = `
    import { DriveModel } from ${from('model/drive.ts')};
    import { startDriveEmulator } from ${from('server.ts')};
    const driveEmulator = await startDriveEmulator(new DriveModel());
    driveEmulator.faults.add({ fault: { kind: 'slow', ms: 60_000 } });
    fetch(driveEmulator.url + '/drive/v3/files').catch(() => console.log('ended'));
    while (driveEmulator.calls.total === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await driveEmulator.close();`;
  const options = { encoding: 'utf8', timeout: 15_000 } as const;
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    options,
  );
  expect(output).toBe('ended\n');
});

test('counts calls, quota units and bytes, including those of failed calls', async () => {
  driveEmulator.faults.add({ match: { method: 'files.get' }, fault: { kind: 'status', status: 500 } });
  const list = await observe();
  const failed = await observe('files/root');
  expect(driveEmulator.calls.byMethod()).toEqual({ 'files.list': 1, 'files.get': 1 });
  expect(driveEmulator.calls.quotaUnits).toBe(105);
  expect(driveEmulator.calls.bytesSent).toBe(Buffer.byteLength(list.body) + Buffer.byteLength(failed.body));
  driveEmulator.calls.reset();
  expect([driveEmulator.calls.total, driveEmulator.calls.quotaUnits, driveEmulator.calls.bytesSent]).toEqual([
    0, 0, 0,
  ]);
});
