/** Tests the findings for a healthy environment, and for problems that would not make a run fail. */
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

/** The checks that always warn here, because the tests use emulators. */
const noted = ['driveIdentity', 'catalogIdentity'];

/** All other checks that are not ok. */
function ill(findings: Map<string, Finding>): string[] {
  return [...findings.values()]
    .filter(({ check, status }) => status !== 'ok' && !noted.includes(check))
    .map(({ check, status }) => `${check}: ${status}`);
}

test('runs every check in order, finds no problem after a run, and leaves nothing behind', async () => {
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
    // docs/commands.md documents these numbers.
    expect([calls.total, requests]).toEqual([6, ['BatchGetDocuments', 'Commit', 'Commit']]);
    expect(['settings', ...findings.keys()]).toEqual(Object.keys(titles));
    expect(ill(findings)).toEqual([]);
    expect(findings.get('folder')?.said).toBe('"Books", in My Drive');
    expect(findings.get('contents')?.said).toBe('4 entries; first page: 3 books, 1 folder');
    expect(findings.get('lastRun')?.said).toMatch(/^3 books, checkpoint written .+, reconciled .+/);
    expect([await world.books(), await world.checkpoint()]).toEqual(before);
    const state = await world.firestore.collection(world.settings.stateCollection).get();
    expect(state.docs.map(({ id }) => id)).toEqual([world.root]);
  });
});

test('reports a shared drive and reads its own changes feed', async () => {
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

test('warns about an empty folder', async () => {
  await withWorld(async (world) => {
    const contents = (await look(world)).get('contents');
    expect(contents).toMatchObject({ status: 'warning', said: 'the folder is empty' });
    expect(contents?.todo[1]).toBe(`https://drive.google.com/drive/folders/${world.root}`);
  });
});

test.each<[string[], Settings['embeddedMetadata'], Finding['status'], RegExp]>([
  [[metadataScope], 'off', 'ok', /^drive\.metadata\.readonly$/],
  [[metadataScope, 'openid'], 'off', 'ok', /drive\.metadata\.readonly, openid/],
  [[contentScope], 'off', 'warning', /more access than needed: drive\.readonly/],
  [['https://www.googleapis.com/auth/drive'], 'off', 'warning', /more access than needed: drive$/],
  [[contentScope], 'fill', 'ok', /^drive\.readonly$/],
  [[contentScope, metadataScope], 'fill', 'warning', /more access than needed: drive\.metadata\.readonly/],
  [[metadataScope], 'prefer', 'todo', /drive\.readonly is missing \(granted: drive\.metadata\.readonly\)/],
  [['https://www.googleapis.com/auth/drive.file'], 'off', 'todo', /drive\.metadata\.readonly is missing/],
])(
  'a token with the scopes %j and EMBEDDED_METADATA=%s has status %s',
  async (scopes, embeddedMetadata, status, said) => {
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
  },
);

test('redacts secrets in a server response', async () => {
  const refreshToken = 'canary/refresh(token)4vT&k=1~';
  const { host, close } = await refusingTokens(refreshToken);
  await withWorld(async (world) => {
    const more = { googleApiRoot: `http://${host}` };
    const findings = await look(world, more, { values: { ...values, GOOGLE_REFRESH_TOKEN: refreshToken } });
    expect(findings.get('driveToken')?.said).toBe('Google rejected the Drive credentials: [redacted]');
    expect(JSON.stringify([...findings.values()])).not.toContain(refreshToken);
  });
  await close();
});

test.each<[number, Finding['status'], RegExp]>([
  [0, 'ok', /^in sync with Google$/],
  [50, 'ok', /^(49|50|51) s ahead/],
  [-50, 'ok', /^(49|50|51) s behind/],
  [100, 'warning', /^\d+ s ahead of Google$/],
  [-100, 'warning', /^\d+ s behind Google$/],
  [400, 'todo', /^\d+ s ahead of Google; Google rejects/],
  [-400, 'todo', /^\d+ s behind Google; Google rejects/],
])('a clock that is %i s off has status %s', async (seconds, status, said) => {
  await withWorld(async (world) => {
    const findings = await look(world, {}, { now: () => Date.now() + seconds * 1000 });
    expect(findings.get('clock')).toMatchObject({ status, said: expect.stringMatching(said) });
  });
});

describe('the Firestore write check', () => {
  const denied = { grpcStatus: 7, message: 'Missing or insufficient permissions.' };
  test('names the missing role of an identity that can only read', async () => {
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

  test('names a test document that cannot be deleted', async () => {
    await withWorld(async (world) => {
      let commits = 0;
      world.judge = ({ method }) => (method === 'Commit' && ++commits > 1 ? denied : 'pass');
      const finding = (await look(world)).get('firestoreWrite');
      const [left] = (await world.firestore.collection('sync_state').get()).docs;
      expect(finding?.status).toBe('todo');
      expect(finding?.todo[1]).toBe(`Delete the document sync_state/${left?.id} by hand.`);
    });
  });

  test('deletes a test document even if the response to its creation was lost', async () => {
    await withWorld(async (world) => {
      let commits = 0;
      world.judge = ({ method }) => (method === 'Commit' && ++commits === 1 ? 'cutAfter' : 'pass');
      expect((await look(world)).get('firestoreWrite')?.status).toBe('todo');
      expect(commits).toBe(2);
      expect((await world.firestore.collection('sync_state').get()).size).toBe(0);
    });
  });
});

describe('the last-run check', () => {
  const hour = 3_600_000;
  test.each<[string, Record<string, unknown>, Finding['status'], RegExp]>([
    ['has status ok after a normal run', {}, 'ok', /^1 book, /],
    [
      'warns if the last run used other settings',
      { settings: 'other' },
      'warning',
      /The next run will reconcile: the settings changed\./,
    ],
    [
      'warns if the last run used other metadata rules',
      { rules: 999 },
      'warning',
      /will reconcile: the metadata rules changed\./,
    ],
    [
      'warns if no reconcile has completed',
      { reconciledAt: null, pageToken: null },
      'warning',
      /will reconcile: no reconcile has completed yet\./,
    ],
    [
      'warns if the last reconcile was too long ago',
      { reconciledAt: new Date(Date.now() - 27 * hour).toISOString() },
      'warning',
      /whether the scheduler is paused/,
    ],
    [
      'has status ok if a reconcile is only slightly late',
      { reconciledAt: new Date(Date.now() - 25 * hour).toISOString() },
      'ok',
      /reconciled 25 hours ago/,
    ],
    [
      'fails if removals are held',
      { held: { count: 57, since: '2026-01-01T00:00:00Z' } },
      'todo',
      /57 removals held since.*npx catalog-sync sync --env dev --approve-removals 57/s,
    ],
    [
      'fails if updates are held',
      { heldUpdates: { count: 12, since: '2026-01-01T00:00:00Z' } },
      'todo',
      /12 updates caused by newer metadata rules.*--approve-updates 12/s,
    ],
    [
      'warns about a checkpoint in another format',
      { format: 99 },
      'warning',
      /cannot be used \(invalid fields: format\)/,
    ],
    ['warns if there is no checkpoint', {}, 'warning', /no run recorded for this folder yet/],
  ])('%s', async (what, fields, status, said) => {
    await withWorld(async (world) => {
      world.addBooks(1);
      if (what !== 'warns if there is no checkpoint') await world.run();
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

  test('predicts whether the next run is incremental or reconciles', async () => {
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
    'warns about a key of another project',
    {
      catalogIdentity: {
        kind: 'service-account',
        clientEmail: 'a@other.iam.gserviceaccount.com',
        privateKey: '',
      },
    },
    null,
    /service account a@other\.iam.*project other, but the database is in test-/,
  ],
  [
    'warns about Application Default Credentials',
    { catalogIdentity: { kind: 'keyless' } },
    null,
    /this machine's Application Default Credentials/,
  ],
  ['warns about an emulator', {}, '127.0.0.1:9', /the emulator at 127\.0\.0\.1:9 does not check credentials/],
])('the Firestore identity check %s', async (_, settings, host, said) => {
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
