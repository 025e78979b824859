/** Tests the command as a person runs it, in a separate process. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { canaries, findCanaries, secretVariables } from '../../security/canaries.ts';
import { type Installation, install, type RunningCommand } from '../../support/installation.ts';
import { allow } from './attempt.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());

interface Running extends RunningCommand {
  /** The page to open, once it has been printed. */
  url: Promise<string>;
}

/** Starts the command with this `.env.dev`. */
async function start(file: string | undefined): Promise<Running> {
  const env = path.join(installation.directory, '.env.dev');
  await rm(env, { force: true });
  if (file !== undefined) await writeFile(env, file);
  const running = installation.start(['auth', '--env', 'dev', '--no-browser']);
  const url = running.until('Waiting').then(() => /^ {2}(http\S+)$/m.exec(running.said.stdout)?.[1] ?? '');
  url.catch(() => {});
  return { ...running, url };
}

test.each([
  ['there is no settings file', undefined, /There is no \.env\.dev: copy \.env\.example/],
  [
    'there is no OAuth client',
    'PROJECT_ID=my-school\n',
    /has no OAuth client.*clients\/create\?project=my-school.*run this command again/s,
  ],
  ['the OAuth client is incomplete', 'GOOGLE_CLIENT_ID=4711-x\n', /has no OAuth client.*\?project=4711/s],
])('says what to do and exits with code 2 if %s', async (_, file, expected) => {
  const { code, stdout, stderr } = await (await start(file)).ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(expected);
  expect(stderr).not.toMatch(/at .*\.ts:/);
});

test('Ctrl-C cancels the command, with exit code 130', async () => {
  const { child, url, ended } = await start('GOOGLE_CLIENT_ID=x\nGOOGLE_CLIENT_SECRET=secret\n');
  expect(await url).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toContain('.env.dev is unchanged');
});

test('prints no secret, whether it succeeds or fails', async () => {
  const oauth = {
    clientId: secretVariables.GOOGLE_CLIENT_ID,
    clientSecret: canaries.clientSecret,
    consent: { refreshToken: canaries.refreshToken },
  };
  const drive = new DriveModel();
  const { id } = drive.addFolder({ name: 'Books', parent: 'root' });
  const driveEmulator = await startDriveEmulator(drive, { oauth });
  const file = [
    `GOOGLE_CLIENT_ID=${oauth.clientId}`,
    `GOOGLE_CLIENT_SECRET=${oauth.clientSecret}`,
    `GOOGLE_API_ROOT=${driveEmulator.url}`,
    `GOOGLE_DRIVE_FOLDER_ID=${id}`,
  ].join('\n');
  try {
    for (const expected of [0, 3, 1]) {
      if (expected === 3) drive.hide(id);
      if (expected === 1)
        driveEmulator.faults.add({
          match: { method: 'oauth.token' },
          fault: { kind: 'html' },
          times: Infinity,
        });
      const { url, ended } = await start(file);
      const [shown] = await allow(await url);
      const { code, stdout, stderr } = await ended;
      expect([code, stdout]).toEqual([expected, expect.stringContaining('Waiting')]);
      expect(findCanaries(stdout + stderr + shown?.text)).toEqual([]);
    }
  } finally {
    await driveEmulator.close();
  }
});
