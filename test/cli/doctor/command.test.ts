/** Tests the command as a person runs it, in a separate process. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { titles } from '../../../functions/cli/doctor/check.ts';
import { runtimeAccount } from '../../../functions/cli/shared/accounts.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import { nameOf } from '../../../infra/settings/naming.ts';
import { canaries, findCanaries, secretVariables } from '../../security/canaries.ts';
import { type Installation, install, type Said } from '../../support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());

async function doctor(file: string | undefined, args: string[] = []): Promise<Said> {
  const env = path.join(installation.directory, '.env.dev');
  await rm(env, { force: true });
  if (file !== undefined) await writeFile(env, file, { mode: 0o600 });
  return { ...(await installation.run(['doctor', '--env', 'dev', ...args])) };
}

const checks = Object.keys(titles).length;

test('lists every problem with the settings, makes no calls, and exits with code 2', async () => {
  const { code, stdout, stderr } = await doctor('GOOGLE_CLIENT_ID=x\nREMOVALS=perhaps\nTYPO=1\n');
  expect([code, stderr]).toEqual([2, '']);
  for (const name of ['GOOGLE_DRIVE_FOLDER_ID', 'FIREBASE_PROJECT_ID', 'GOOGLE_CLIENT_SECRET', 'REMOVALS'])
    expect(stdout).toMatch(new RegExp(`^ +${name} is (missing|invalid)`, 'm'));
  expect(stdout).toMatch(
    /^ +After you set the OAuth client, get a refresh token: npx catalog-sync auth --env dev$/m,
  );
  expect(stdout).toMatch(/^ +TYPO is not a setting/m);
  expect(stdout.match(/REMOVALS is invalid/g)).toHaveLength(1);
  expect(stdout.match(/^skipped .*requires "Settings"$/gm)).toHaveLength(checks - 1);
});

test('explains how to create the settings file if there is none', async () => {
  const { code, stdout } = await doctor(undefined, ['--json']);
  const { ok, checks: found } = JSON.parse(stdout);
  expect([code, ok, found.length]).toEqual([2, false, checks]);
  expect(found[0]).toMatchObject({ check: 'settings', status: 'todo' });
  expect(found[0].todo[0]).toMatch(/There is no \.env\.dev: copy \.env\.example/);
});

test('reports success and failure as text and JSON, with exit codes 0 and 3, and without colors or secrets in a pipe', async () => {
  const drive = new DriveModel();
  const { id } = drive.addFolder({ name: 'Bo\u001b[31moks', parent: 'root' });
  const driveEmulator = await startDriveEmulator(drive, {
    oauth: {
      clientId: secretVariables.GOOGLE_CLIENT_ID,
      clientSecret: canaries.clientSecret,
      refreshToken: canaries.refreshToken,
    },
  });
  const file = [
    `GOOGLE_DRIVE_FOLDER_ID=${id}`,
    'FIREBASE_PROJECT_ID=doctor-command',
    `GOOGLE_CLIENT_ID=${secretVariables.GOOGLE_CLIENT_ID}`,
    `GOOGLE_CLIENT_SECRET="${canaries.clientSecret}"`,
    `GOOGLE_REFRESH_TOKEN="${canaries.refreshToken}"`,
    `GOOGLE_API_ROOT=${driveEmulator.url}`,
  ].join('\n');
  try {
    const well = await doctor(file);
    expect(well).toMatchObject({ code: 0, stderr: '' });
    expect(well.stdout).toMatch(/^ok +Folder +"Bo\\u001b\[31moks", in My Drive$/m);
    // The settings are enough for a run. What only a deployment needs is a warning.
    expect(well.stdout).toMatch(/^warning +Settings .*\n +Before you deploy: PROJECT_ID is missing/m);
    expect(well.stdout).toMatch(/\nReady to run, \d warnings\.\n$/);
    expect(well.stdout).not.toContain('\u001b');

    drive.hide(id);
    const ill = await doctor(file, ['--json']);
    const found = JSON.parse(ill.stdout);
    expect([ill.code, found.ok]).toEqual([3, false]);
    expect(found.checks.filter(({ status }: { status: string }) => status === 'todo')).toMatchObject([
      { check: 'folder', title: 'Folder', said: expect.stringContaining('is not accessible') },
    ]);

    driveEmulator.faults.add({
      match: { method: 'oauth.token' },
      fault: { kind: 'oauth', error: 'invalid_grant' },
      times: Infinity,
    });
    const refused = await doctor(file);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toMatch(
      /^failed +Drive token +Google rejected the Drive credentials: invalid_grant$/m,
    );
    expect(refused.stdout).toContain('npx catalog-sync auth --env dev');
    expect(refused.stdout).toMatch(/^ok +Firestore writes/m);
    for (const { stdout, stderr } of [well, ill, refused]) expect(findCanaries(stdout + stderr)).toEqual([]);
  } finally {
    await driveEmulator.close();
  }
});

test('names the service account that is deployed', () => {
  const subject = { environment: 'dev', values: { PROJECT_ID: 'p-4711' } } as const;
  expect(runtimeAccount({ ...subject, settings: {} as never })).toBe(
    `${nameOf('dev', 'run')}@p-4711.iam.gserviceaccount.com`,
  );
});
