/** Every fault of Drive and of its token endpoint, at every call of a run: the cases, and how each must end. */

import type { Method } from '../../functions/drive-emulator/api/params.ts';
import {
  DRIVE_FAULTS,
  type NamedFault,
  OAUTH_FAULTS,
} from '../../functions/drive-emulator/faults/fault-catalog.ts';
import type { Fault } from '../../functions/drive-emulator/faults/faults.ts';
import { type Case, type CleanRun, cleanRun, type Ending } from './cases.ts';
import type { Scenario } from './scenarios.ts';

/** One answer at most so late, in milliseconds, where the fault is that none comes. */
const callTimeoutMs = 1_500;

/** The right answer, when nobody waits for it any more. */
const lateAnswer: NamedFault = {
  name: 'an answer after the time-out',
  fault: { kind: 'slow', ms: 2 * callTimeoutMs },
};
const allFaults = [...DRIVE_FAULTS, lateAnswer];

/** The faults of which no two are handled alike: what `npm test` makes; HEAVY=1 makes all. */
const kinds = new Set([
  'status 400',
  'status 401',
  'status 404',
  'status 503',
  '403 userRateLimitExceeded',
  '403 dailyLimitExceeded',
  '403 insufficientFilePermissions',
  'connection cut',
  'connection cut half-way',
  'HTML with status 200',
  'truncated JSON',
  'no answer',
  lateAnswer.name,
  'access tokens expired',
  'incomplete search, a file missing',
  'entry without name',
  'entry without parents',
]);

/**
 * All cases of a scenario: every fault at every call. `core`: every kind of fault at every kind of call, at its calls in
 * turn; of an import, whose calls are those of a reconcile, every kind of fault once. Where books are read, that is the
 * only kind of call that counts: the others are the import's.
 */
export async function driveCases(scenario: Scenario, core: boolean): Promise<Case[]> {
  const { drive } = await cleanRun(scenario);
  const cases: Case[] = [];
  const methods = (Object.keys(drive) as Method[]).filter((method) =>
    scenario.reads ? method === 'files.download' : method !== 'oauth.token',
  );
  for (const method of methods) {
    const count = drive[method] ?? 0;
    const faults = allFaults.filter(
      ({ name, fault }) => (!core || kinds.has(name)) && canMeet(method, fault),
    );
    for (const [index, fault] of faults.entries()) {
      if (core && !scenario.change && methods[index % methods.length] !== method) continue;
      const calls = core ? [1 + (index % count)] : Array.from({ length: count }, (_, i) => i + 1);
      for (const call of calls) cases.push(driveCase(scenario, method, call, count, fault));
    }
  }
  return scenario.reads ? cases : [...cases, ...tokenCases(scenario, drive, core)];
}

/** Bytes have no fields. */
function canMeet(method: Method, { kind }: Fault): boolean {
  return method !== 'files.download' || !['incompleteSearch', 'dropFields', 'truncatedJson'].includes(kind);
}

function driveCase(
  scenario: Scenario,
  method: Method,
  call: number,
  count: number,
  { name, fault }: NamedFault,
): Case {
  const unread = method === 'files.download' ? unreadAfter(fault) : undefined;
  return {
    name: `${name} on ${method} ${call} of ${count}`,
    scenario,
    plant: ({ world }) => {
      const active = world.driveEmulator.faults.add({ match: { method, call }, fault });
      return () => active.hits;
    },
    ends: method === 'files.download' ? ['completed'] : endingsOf(fault, method),
    ...(isLie(fault, method) ? { lie: true } : {}),
    ...(unread ? { unread } : {}),
    ...(fault.kind === 'hang' || fault === lateAnswer.fault ? { callTimeoutMs } : {}),
  };
}

/** What becomes of the book whose download met a fault that is not tried again. */
function unreadAfter(fault: Fault): Case['unread'] {
  if (fault.kind !== 'status' || endingsOf(fault, 'files.download')[0] === 'completed') return undefined;
  return fault.status === 403 && fault.reason !== 'insufficientFilePermissions' ? 'later' : 'never';
}

/** The token endpoint's faults: at the first token of a run, and at one that replaces a token that died on the way. */
function tokenCases(scenario: Scenario, drive: CleanRun['drive'], core: boolean): Case[] {
  const faults: NamedFault[] = [...OAUTH_FAULTS, { name: 'token endpoint hangs', fault: { kind: 'hang' } }];
  const places: { name: string; method?: Method; call: number }[] = [{ name: 'at the start', call: 0 }];
  for (const [method, count = 0] of Object.entries(drive) as [Method, number][]) {
    if (method === 'oauth.token' || (core && method !== 'changes.list')) continue;
    for (let call = 1; call <= (core ? 1 : count); call++)
      places.push({ name: `after ${method} ${call} of ${count}`, method, call });
  }
  return places.flatMap((place) =>
    faults.map(({ name, fault }) => ({
      name: `${name} ${place.name}`,
      scenario,
      plant: ({ world: { driveEmulator } }) => {
        const { method, call } = place;
        if (method) driveEmulator.faults.add({ match: { method, call }, fault: { kind: 'expireTokens' } });
        const active = driveEmulator.faults.add({
          match: { method: 'oauth.token', call: method ? 2 : 1 },
          fault,
        });
        return () => active.hits;
      },
      ends: [fault.kind === 'oauth' ? 'AuthenticationError' : 'completed'] as const,
      ...(fault.kind === 'hang' ? { callTimeoutMs } : {}),
    })),
  );
}

/** The reasons of a 403 after which the run is tried no further, but nobody's rights are in question. */
const exhausted = new Set(['dailyLimitExceeded', 'quotaExceeded', 'sharingRateLimitExceeded']);

/** How a run must end that meets a fault once: what may pass is tried again, what will not ends the run. */
function endingsOf(fault: Fault, method: Method): Ending[] {
  switch (fault.kind) {
    case 'status': {
      const { status, reason = '' } = fault;
      if (status === 401 || status === 408 || status === 429 || status >= 500) return ['completed'];
      if (status === 403 && reason.includes('ateLimitExceeded') && !exhausted.has(reason))
        return ['completed'];
      if (status === 403) return [exhausted.has(reason) ? 'DriveScanError' : 'AuthenticationError'];
      // A token that Drive takes no more makes the run list everything instead.
      if (method === 'changes.list') return ['completed'];
      // Of a shortcut's target, "not found" is asked twice; of the root it is an answer.
      return status === 404 && method === 'files.get' ? ['completed', 'DriveScanError'] : ['DriveScanError'];
    }
    case 'incompleteSearch':
      return [method === 'files.list' ? 'DriveScanError' : 'completed'];
    case 'dropFields':
      // Some entries have no such field: a folder has no size.
      return method === 'files.list' ? ['completed', 'DriveScanError'] : ['completed'];
    default:
      return ['completed'];
  }
}

/** Files may lack a checksum, and files that others share with us a parent: their absence gives nothing away. */
function isLie(fault: Fault, method: Method): boolean {
  if (fault.kind !== 'dropFields') return false;
  return (
    fault.fields.includes('md5Checksum') || (fault.fields.includes('parents') && method === 'changes.list')
  );
}
