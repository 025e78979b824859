/** What the doctor says of a world that is well, and of what no run would fail at. */
import { Timestamp } from 'firebase-admin/firestore';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../functions/cli/doctor/check.ts';
import { titles } from '../../../functions/cli/doctor/check.ts';
import { catalogCauses } from '../../../functions/sync/catalog/causes.ts';
import { fingerprintOf, type Settings } from '../../../functions/sync/core/config.ts';
import { driveCauses } from '../../../functions/sync/drive/causes.ts';
import { contentScope, metadataScope } from '../../../functions/sync/drive/connection.ts';
import type { World } from '../../support/world.ts';
import { refusingTokens } from '../../sync/errors/servers.ts';
import { look, values, withWorld } from './patient.ts';

/** With the sandbox and an emulator, who asks is always worth a warning. */
const noted = ['driveIdentity', 'catalogIdentity'];

/** The checks that are not ok, beside those. */
function ill(findings: Map<string, Finding>): string[] {
  return [...findings.values()]
    .filter(({ check, status }) => status !== 'ok' && !noted.includes(check))
    .map(({ check, status }) => `${check}: ${status}`);
}

test('after a run all is well: each check is made, in order, and nothing is left behind', async () => {
  await withWorld(async (world) => {
    world.addBooks(3);
    world.drive.addFolder({ name: 'Science', parent: world.root });
    await world.run();
    const before = [await world.books(), await world.checkpoint()];
    const { calls } = world.driveEmulator;
    calls.reset();
    const requests: string[] = [];
    world.judge = ({ method }) => {
      requests.push(method);
      return 'pass';
    };
    const findings = await look(world);
    world.judge = undefined;
    // docs/commands.md says so.
    expect([calls.total, requests]).toEqual([6, ['BatchGetDocuments', 'Commit', 'Commit']]);
    expect(['settings', ...findings.keys()]).toEqual(Object.keys(titles));
    expect(ill(findings)).toEqual([]);
    expect(findings.get('folder')?.said).toBe('"Books", in a My Drive');
    expect(findings.get('contents')?.said).toBe('4 entries, 3 books and 1 folder of them on the first page');
    expect(findings.get('lastRun')?.said).toMatch(/^3 books, last written .+, compared as a whole .+/);
    expect([await world.books(), await world.checkpoint()]).toEqual(before);
    const state = await world.firestore.collection(world.settings.stateCollection).get();
    expect(state.docs.map(({ id }) => id)).toEqual([world.root]);
  });
});

test('a shared drive is called one, and its own feed is asked', async () => {
  await withWorld(
    async (world) => {
      world.addBooks(1);
      const asked: (string | null)[] = [];
      world.driveEmulator.faults.onCall(({ method, params }) => {
        if (method === 'changes.list') asked.push(params.get('driveId'));
      });
      const findings = await look(world);
      expect(findings.get('folder')?.said).toMatch(/^"Books", in the shared drive \S+$/);
      expect(asked).toEqual([expect.any(String)]);
    },
    { sharedDrive: true },
  );
});

test('an empty folder is worth a warning', async () => {
  await withWorld(async (world) => {
    const contents = (await look(world)).get('contents');
    expect(contents).toMatchObject({ status: 'warning', said: 'it is empty' });
    expect(contents?.todo[1]).toBe(`https://drive.google.com/drive/folders/${world.root}`);
  });
});

test.each<[string[], Settings['embeddedMetadata'], Finding['status'], RegExp]>([
  [[metadataScope], 'off', 'ok', /^drive\.metadata\.readonly$/],
  [[metadataScope, 'openid'], 'off', 'ok', /drive\.metadata\.readonly, openid/],
  [[contentScope], 'off', 'warning', /more than is needed: drive\.readonly/],
  [['https://www.googleapis.com/auth/drive'], 'off', 'warning', /more than is needed: drive$/],
  [[contentScope], 'fill', 'ok', /^drive\.readonly$/],
  [[contentScope, metadataScope], 'fill', 'warning', /more than is needed: drive\.metadata\.readonly/],
  [[metadataScope], 'prefer', 'todo', /for drive\.metadata\.readonly; needed is drive\.readonly/],
  [['https://www.googleapis.com/auth/drive.file'], 'off', 'todo', /needed is drive\.metadata\.readonly/],
])('a token for %j with EMBEDDED_METADATA=%s: %s', async (scopes, embeddedMetadata, status, said) => {
  await withWorld(
    async (world) => {
      const finding = (await look(world, { embeddedMetadata })).get('driveScope');
      expect(finding).toMatchObject({ status, said: expect.stringMatching(said) });
      if (status === 'todo')
        expect(finding?.todo).toEqual([
          driveCauses.insufficientPermissions.hint,
          'npx catalog-sync auth --env dev',
        ]);
    },
    { scopes },
  );
});

test('what a server says is cleared of secrets', async () => {
  const refreshToken = 'canary/refresh(token)4vT&k=1~';
  const { host, close } = await refusingTokens(refreshToken);
  await withWorld(async (world) => {
    const more = { googleApiRoot: `http://${host}` };
    const findings = await look(world, more, { values: { ...values, GOOGLE_REFRESH_TOKEN: refreshToken } });
    expect(findings.get('driveToken')?.said).toBe('Google refuses a token for Drive: [redacted]');
    expect(JSON.stringify([...findings.values()])).not.toContain(refreshToken);
  });
  await close();
});

test.each<[number, Finding['status'], RegExp]>([
  [0, 'ok', /^as Google's$/],
  [50, 'ok', /^(49|50|51) s ahead/],
  [-50, 'ok', /^(49|50|51) s behind/],
  [100, 'warning', /^\d+ s ahead of Google's$/],
  [-100, 'warning', /^\d+ s behind Google's$/],
  [400, 'todo', /^\d+ s ahead of Google's; Google refuses/],
  [-400, 'todo', /^\d+ s behind Google's; Google refuses/],
])('a clock that is %i s off: %s', async (seconds, status, said) => {
  await withWorld(async (world) => {
    const findings = await look(world, {}, { now: () => Date.now() + seconds * 1000 });
    expect(findings.get('clock')).toMatchObject({ status, said: expect.stringMatching(said) });
  });
});

describe('writing to Firestore', () => {
  const denied = { grpcStatus: 7, message: 'Missing or insufficient permissions.' };
  test('an identity that may only read is told which role it lacks', async () => {
    await withWorld(async (world) => {
      world.judge = ({ method }) => (method === 'Commit' ? denied : 'pass');
      const findings = await look(world);
      expect(findings.get('firestore')?.status).toBe('ok');
      expect(findings.get('firestoreWrite')).toMatchObject({ status: 'todo' });
      expect(findings.get('firestoreWrite')?.todo.slice(0, 2)).toEqual([
        catalogCauses.permissionDenied.hint,
        `gcloud projects add-iam-policy-binding ${world.settings.projectId} --member=serviceAccount:catalog-sync-dev-run@deploy-4711.iam.gserviceaccount.com --role=roles/datastore.user --condition=None`,
      ]);
    });
  });

  test('a document that cannot be deleted again is named', async () => {
    await withWorld(async (world) => {
      let commits = 0;
      world.judge = ({ method }) => (method === 'Commit' && ++commits > 1 ? denied : 'pass');
      const finding = (await look(world)).get('firestoreWrite');
      const [left] = (await world.firestore.collection('sync_state').get()).docs;
      expect(finding?.status).toBe('todo');
      expect(finding?.todo[1]).toBe(`Delete the document sync_state/${left?.id} by hand.`);
    });
  });

  test('a document whose making was not answered is deleted all the same', async () => {
    await withWorld(async (world) => {
      let commits = 0;
      world.judge = ({ method }) => (method === 'Commit' && ++commits === 1 ? 'cutAfter' : 'pass');
      expect((await look(world)).get('firestoreWrite')?.status).toBe('todo');
      expect(commits).toBe(2);
      expect((await world.firestore.collection('sync_state').get()).size).toBe(0);
    });
  });
});

describe('the last run', () => {
  const hour = 3_600_000;
  test.each<[string, Record<string, unknown>, Finding['status'], RegExp]>([
    ['as it should be', {}, 'ok', /^1 book, /],
    [
      'made by other settings',
      { settings: 'other' },
      'warning',
      /The next run compares everything: the settings changed\./,
    ],
    [
      'made by other rules',
      { rules: 999 },
      'warning',
      /compares everything: the rules for metadata changed\./,
    ],
    [
      'no reconcile has ended',
      { reconciledAt: null, pageToken: null },
      'warning',
      /compares everything: no reconcile has come to its end\./,
    ],
    [
      'too long ago',
      { reconciledAt: new Date(Date.now() - 27 * hour).toISOString() },
      'warning',
      /Is the schedule paused/,
    ],
    [
      'late, but not so that it means something',
      { reconciledAt: new Date(Date.now() - 25 * hour).toISOString() },
      'ok',
      /compared as a whole 25 hours ago/,
    ],
    [
      'removals held',
      { held: { count: 57, since: '2026-01-01T00:00:00Z' } },
      'todo',
      /57 removals are held.*npx catalog-sync sync --env dev --approve-removals 57/s,
    ],
    [
      'updates held',
      { heldUpdates: { count: 12, since: '2026-01-01T00:00:00Z' } },
      'todo',
      /12 updates by newer rules.*--approve-updates 12/s,
    ],
    ['another format', { format: 99 }, 'warning', /cannot be used \(fields not as expected: format\)/],
    ['no checkpoint', {}, 'warning', /there has been none for this folder/],
  ])('%s', async (what, fields, status, said) => {
    await withWorld(async (world) => {
      world.addBooks(1);
      if (what !== 'no checkpoint') await world.run();
      if (Object.keys(fields).length > 0) await spoil(world, fields);
      const finding = (await look(world)).get('lastRun');
      expect(finding?.status).toBe(status);
      expect([finding?.said, ...(finding?.todo ?? [])].join('\n')).toMatch(said);
    });
  });

  async function spoil({ firestore, settings, root }: World, fields: object): Promise<void> {
    await firestore
      .collection(settings.stateCollection)
      .doc(root)
      .update({ ...fields, spoiled: Timestamp.now() });
  }

  test('a run agrees: where the doctor sees nothing, the next one reads the feed alone', async () => {
    await withWorld(async (world) => {
      world.addBooks(1);
      await world.run();
      expect((await look(world)).get('lastRun')?.status).toBe('ok');
      expect(await world.run()).toMatchObject({ mode: 'incremental' });
      await spoil(world, { settings: fingerprintOf({ ...world.settings, removals: 'keep' }) });
      expect((await look(world)).get('lastRun')?.status).toBe('warning');
      expect(await world.run()).toMatchObject({ mode: 'reconcile' });
    });
  });
});

test.each<[string, Partial<Settings>, string | null, RegExp]>([
  [
    'a key of another project',
    {
      catalogIdentity: {
        kind: 'service-account',
        clientEmail: 'a@other.iam.gserviceaccount.com',
        privateKey: '',
      },
    },
    null,
    /service account a@other\.iam.*project other; the database is in test-/,
  ],
  ['nobody in particular', { catalogIdentity: { kind: 'keyless' } }, null, /whoever this machine is/],
  ['an emulator', {}, '127.0.0.1:9', /the emulator at 127\.0\.0\.1:9 lets everybody in/],
])('who writes Firestore: %s', async (_, settings, host, said) => {
  await withWorld(async (world) => {
    const { catalogIdentity } = await import('../../../functions/cli/doctor/checks/identities.ts');
    const emulator = process.env.FIRESTORE_EMULATOR_HOST;
    if (host === null) delete process.env.FIRESTORE_EMULATOR_HOST;
    else process.env.FIRESTORE_EMULATOR_HOST = host;
    const subject = { settings: { ...world.settings, ...settings }, values, environment: 'dev' } as never;
    const result = await catalogIdentity.run(subject);
    process.env.FIRESTORE_EMULATOR_HOST = emulator;
    expect(result).toMatchObject({ status: 'warning', said: expect.stringMatching(said) });
  });
});
