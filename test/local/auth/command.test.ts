/** The command as it is typed, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SandboxDrive } from '../../../functions/local/sandbox/drive.ts';
import { startSandbox } from '../../../functions/local/sandbox/server.ts';
import { canaries, findCanaries, secretVariables } from '../../security/canaries.ts';
import { allow } from './attempt.ts';

const main = path.resolve('functions/local/main.ts');
const tsx = path.resolve('node_modules/tsx/dist/esm/index.mjs');

interface Running {
  child: ChildProcess;
  /** The page to open, once it was printed. */
  url: Promise<string>;
  ended: Promise<{ code: number | null; output: string }>;
}

function start(cwd: string, args: string[] = []): Running {
  const child = spawn(
    process.execPath,
    ['--import', tsx, main, 'auth', '--env', 'dev', '--no-browser', ...args],
    {
      cwd,
    },
  );
  let output = '';
  const url = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => {
        output += data;
        const found = /^ {2}(http\S+)$/m.exec(output)?.[1];
        if (found && output.includes('Waiting')) resolve(found);
      });
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, url, ended };
}

async function inFolder(file: string | undefined, use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'auth-command-'));
  try {
    if (file !== undefined) await writeFile(path.join(cwd, '.env.dev'), file);
    await use(cwd);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

test.each([
  ['no file', undefined, /There is no \.env\.dev: copy \.env\.example/],
  [
    'no client',
    'PROJECT_ID=my-school\n',
    /names no OAuth client.*clients\/create\?project=my-school.*start again/s,
  ],
  ['half a client', 'GOOGLE_CLIENT_ID=4711-x\n', /names no OAuth client.*\?project=4711/s],
])('%s: a sentence that says what to do, and exit code 2', async (_, file, expected) => {
  await inFolder(file, async (cwd) => {
    const { code, output } = await start(cwd).ended;
    expect(code).toBe(2);
    expect(output).toMatch(expected);
    expect(output).not.toMatch(/at .*\.ts:/);
  });
});

test('Ctrl-C gives up: exit code 130, and nothing is waiting any more', async () => {
  await inFolder('GOOGLE_CLIENT_ID=x\nGOOGLE_CLIENT_SECRET=secret\n', async (cwd) => {
    const { child, url, ended } = start(cwd);
    expect(await url).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/);
    child.kill('SIGINT');
    const { code, output } = await ended;
    expect(code).toBe(130);
    expect(output).toContain('.env.dev is as it was');
  });
});

test('no secret is in anything it prints, whether it ends well or not', async () => {
  const oauth = {
    clientId: secretVariables.GOOGLE_CLIENT_ID,
    clientSecret: canaries.clientSecret,
    consent: { refreshToken: canaries.refreshToken },
  };
  const drive = new SandboxDrive();
  const { id } = drive.addFolder({ name: 'Books', parent: 'root' });
  const sandbox = await startSandbox(drive, { oauth });
  const file = [
    `GOOGLE_CLIENT_ID=${oauth.clientId}`,
    `GOOGLE_CLIENT_SECRET=${oauth.clientSecret}`,
    `GOOGLE_API_ROOT=${sandbox.url}`,
    `GOOGLE_DRIVE_FOLDER_ID=${id}`,
  ].join('\n');
  try {
    for (const expected of [0, 3, 1])
      await inFolder(file, async (cwd) => {
        if (expected === 3) drive.hide(id);
        if (expected === 1)
          sandbox.faults.add({ match: { method: 'oauth.token' }, fault: { kind: 'html' }, times: Infinity });
        const { url, ended } = start(cwd);
        const [shown] = await allow(await url);
        const { code, output } = await ended;
        expect([code, output]).toEqual([expected, expect.stringContaining('Waiting')]);
        expect(findCanaries(output + shown?.text)).toEqual([]);
      });
  } finally {
    await sandbox.close();
  }
});
