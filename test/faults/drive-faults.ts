/**
 * The cases for Drive: each fault of Drive and of its token endpoint at each call of a run, and how the run must end.
 */
import type { Method } from '../../functions/drive-emulator/api/params.ts';
import {
  driveFaults,
  type NamedFault,
  oauthFaults,
} from '../../functions/drive-emulator/faults/fault-catalog.ts';
import type { Fault } from '../../functions/drive-emulator/faults/faults.ts';
import { type Case, type CleanRun, cleanRun, type Ending } from './cases.ts';
import type { Scenario } from './scenarios.ts';

/** The timeout of a call if the fault is a missing response, in milliseconds. */
const callTimeoutMs = 1_500;

/** The regular response, after the call has timed out. */
const lateAnswer: NamedFault = {
  name: 'response after the timeout',
  fault: { kind: 'slow', ms: 2 * callTimeoutMs },
};
const allFaults = [...driveFaults, lateAnswer];

/** Faults that are all handled differently: `npm test` tries only these; HEAVY=1 tries all. */
const kinds = new Set([
  'status 400',
  'status 401',
  'status 404',
  'status 503',
  '403 userRateLimitExceeded',
  '403 dailyLimitExceeded',
  '403 insufficientFilePermissions',
  'connection cut',
  'connection cut mid-response',
  'HTML with status 200',
  'truncated JSON',
  'no response',
  lateAnswer.name,
  'access tokens expired',
  'incomplete search, a file missing',
  'entry without name',
  'entry without parents',
]);

/**
 * All cases of a scenario: each fault at each call. With `core`, each kind of fault at each kind of call, at one call
 * of that kind, which changes from fault to fault. For an import, each kind of fault only once, because its calls are
 * the same as those of a reconcile. If the scenario reads books, only downloads count: the other calls are the
 * import's.
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

/** Whether a fault can affect a method: downloads have no JSON to damage. */
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

/** What happens to a book whose download failed with an error that is not retried. */
function unreadAfter(fault: Fault): Case['unread'] {
  if (fault.kind !== 'status' || endingsOf(fault, 'files.download')[0] === 'completed') return undefined;
  return fault.status === 403 && fault.reason !== 'insufficientFilePermissions' ? 'later' : 'never';
}

/** Faults of the token endpoint: for the first token of a run, and for a token that replaces one that expired. */
function tokenCases(scenario: Scenario, drive: CleanRun['drive'], core: boolean): Case[] {
  const faults: NamedFault[] = [...oauthFaults, { name: 'token endpoint hangs', fault: { kind: 'hang' } }];
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

/** The 403 reasons that end the run without retries but do not mean missing permissions. */
const exhausted = new Set(['dailyLimitExceeded', 'quotaExceeded', 'sharingRateLimitExceeded']);

/** How a run must end if a fault happens once: temporary faults are retried, permanent faults end the run. */
function endingsOf(fault: Fault, method: Method): Ending[] {
  switch (fault.kind) {
    case 'status': {
      const { status, reason = '' } = fault;
      if (status === 401 || status === 408 || status === 429 || status >= 500) return ['completed'];
      if (status === 403 && reason.includes('ateLimitExceeded') && !exhausted.has(reason))
        return ['completed'];
      if (status === 403) return [exhausted.has(reason) ? 'DriveScanError' : 'AuthenticationError'];
      // If Drive no longer accepts the page token, the run lists everything instead.
      if (method === 'changes.list') return ['completed'];
      // "Not found" is checked a second time for a shortcut's target, but is final for the root.
      return status === 404 && method === 'files.get' ? ['completed', 'DriveScanError'] : ['DriveScanError'];
    }
    case 'incompleteSearch':
      return [method === 'files.list' ? 'DriveScanError' : 'completed'];
    case 'dropFields':
      // Some entries do not have the field: a folder has no size.
      return method === 'files.list' ? ['completed', 'DriveScanError'] : ['completed'];
    default:
      return ['completed'];
  }
}

/**
 * Whether a fault cannot be detected: a file can lack a checksum, and a file shared by others can lack a parent, so
 * their absence does not show that something is wrong.
 */
function isLie(fault: Fault, method: Method): boolean {
  if (fault.kind !== 'dropFields') return false;
  return (
    fault.fields.includes('md5Checksum') || (fault.fields.includes('parents') && method === 'changes.list')
  );
}
