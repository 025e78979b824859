/** Provokes every cause of failure: doctor must report it in the right check, with the advice that a run gives. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CheckName, Finding } from '../../../functions/cli/doctor/check.ts';
import { catalogCauses } from '../../../functions/sync/catalog/causes.ts';
import type { SyncError } from '../../../functions/sync/core/errors.ts';
import { driveCauses } from '../../../functions/sync/drive/causes.ts';
import { plainRequest } from '../../../functions/sync/trigger/event.ts';
import { withoutIdentity } from '../../support/no-identity.ts';
import { openWorld } from '../../support/world.ts';
import type { Cause } from '../../sync/errors/cause.ts';
import { driveFailures } from '../../sync/errors/drive.ts';
import { firestoreFailures } from '../../sync/errors/firestore.ts';
import { look } from './patient.ts';

/** The advice in docs/errors.md by cause. That page is recorded from real runs. */
const advised = new Map(
  readFileSync('docs/errors.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(/ \| /))
    .map((cells) => [cells[0], cells[5]?.replaceAll('\\|', '|')]),
);

withoutIdentity();

/** Which check finds a cause, by the beginning of the cause's name. The first match counts. */
const places: [RegExp, CheckName][] = [
  [/^Drive: (400 on a folder|incomplete search|an entry)/, 'contents'],
  [/^Drive: /, 'driveApi'],
  [/^(Token: |No refresh token)/, 'driveToken'],
  [/^(DNS|The connection|TLS)/, 'clock'],
  [/^The folder/, 'folder'],
  [/^The shared drive/, 'contents'],
  [/^Firestore: /, 'firestore'],
];
/** If a service does not respond at all, every check that calls it fails. */
const everywhere: [RegExp, CheckName[]][] = [
  [/^(DNS|The connection|TLS)/, ['clock', 'driveToken']],
  [/^The shared drive/, ['contents', 'changesFeed']],
];
/** Hints of causes that do not keep a run from working. */
const warnings: (string | undefined)[] = [driveCauses.incomplete.hint, driveCauses.malformedEntry.hint];

/** Not a separate cause: the first response is late, the second is in time. */
const passing = 'No response until the time limit of the run';
/** Causes that only a run can encounter. */
const deferredError = 'The daily reconcile does not fit in the run';
const contended = 'Firestore: another program writes to the same document before every commit';
const all = [...driveFailures, ...firestoreFailures];
const failures = all.filter(({ what }) => ![passing, deferredError, contended].includes(what));
const hintsSeen = new Set<string>();

describe.each(failures.map((cause) => [cause.what, cause] as const))('%s', (what, cause) => {
  test('is reported by the right check, with the advice of a run', async () => {
    const findings = await lookAt(cause);
    const advice = advised.get(what);
    expect(advice).toBeTruthy();
    const place = places.find(([pattern]) => pattern.test(what))?.[1];
    const found = findings.get(place ?? '');
    expect(found?.todo[0]).toBe(advice);
    expect(found?.status).toBe(warnings.includes(advice) ? 'warning' : 'todo');
    hintsSeen.add(found?.todo[0] ?? '');
    // No other check fails. Checks that need the failed one are skipped.
    const together = everywhere.find(([pattern]) => pattern.test(what))?.[1] ?? [place];
    const todo = [...findings.values()].filter(({ status }) => status === 'todo');
    expect(todo.map(({ check }) => check)).toEqual(found?.status === 'todo' ? together : []);
    for (const { status, said } of findings.values())
      if (status === 'unchecked') expect(said).toMatch(/^requires "/);
  });
});

/** Returns the last-run finding after a run that failed for this cause. */
async function afterRun(
  what: string,
  recordGone = false,
): Promise<{ finding: Finding | undefined; error: SyncError }> {
  const cause = all.find((one) => one.what === what);
  const world = await openWorld();
  try {
    world.drive.addFile({ name: 'Emma - Jane Austen.pdf', parent: world.root });
    const settings = (await cause?.make(world, () => {})) ?? {};
    const error: SyncError = await world.run(plainRequest, settings).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    world.judge = undefined;
    world.driveEmulator.faults.clear();
    if (recordGone)
      await world.firestore.collection(world.settings.stateCollection).doc(world.root).update({ runs: [] });
    return { finding: (await look(world)).get('lastRun'), error };
  } finally {
    await world.close();
  }
}

test.each([deferredError, contended])(
  '%s: is reported from the record of the run, with its advice',
  async (what) => {
    const { finding, error } = await afterRun(what);
    expect(finding?.status).toBe('warning');
    expect(finding?.todo).toEqual([expect.stringContaining(` ago: ${error.message}`), advised.get(what)]);
  },
);

test('reports a deferred reconcile from the checkpoint alone, with the advice of the run', async () => {
  const { finding } = await afterRun(deferredError, true);
  expect(finding?.status).toBe('warning');
  const [advice = ''] = /Give the function more memory.*/.exec(advised.get(deferredError) ?? '') ?? [];
  expect(advice).not.toBe('');
  expect(finding?.todo).toEqual([expect.stringMatching(/did not fit into the run .* ago/)]);
  expect(finding?.todo[0]).toContain(advice);
});

test('recognizes a deleted Firestore key by the error of the token endpoint', async () => {
  const finding = await lookAt({
    what: '',
    make(world) {
      world.judge = () => ({
        grpcStatus: 16,
        message: 'Getting metadata from plugin failed with error: invalid_grant: Invalid JWT Signature.',
      });
    },
  });
  expect(finding.get('firestore')?.todo[0]).toBe(catalogCauses.invalid_grant.hint);
  hintsSeen.add(catalogCauses.invalid_grant.hint);
});

test('every cause has been reported', () => {
  const causes = Object.entries({ ...driveCauses, ...catalogCauses });
  const hints = [...Object.values(driveCauses), ...Object.values(catalogCauses)].map(({ hint }) => hint);
  expect(causes.length).toBeGreaterThan(20);
  expect(hints.filter((hint) => !hintsSeen.has(hint))).toEqual([]);
});

/** Returns the findings in a world with this cause of failure. */
async function lookAt(cause: Cause): Promise<Map<string, Finding>> {
  const world = await openWorld();
  const undo: (() => unknown)[] = [world.close];
  try {
    world.drive.addFile({ name: 'Emma - Jane Austen.pdf', parent: world.root });
    const settings = (await cause.make(world, (step) => undo.unshift(step))) ?? {};
    const host = cause.firestoreHost ? { host: await cause.firestoreHost() } : {};
    return await look(world, settings, { ...host, callTimeoutMs: cause.callTimeoutMs ?? 20_000 });
  } finally {
    for (const step of undo) await step();
  }
}
