/** Runs the sync once within a history: undisturbed, disturbed, killed, or overlapping with a second run. */
import type { Settings } from '../../functions/sync/core/config.ts';
import { createLogs, type LogEntry } from '../../functions/sync/core/logs.ts';
import { type Outcome, sync } from '../../functions/sync/sync.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import { runInChild } from './child-run.ts';
import { faults } from './drive-faults.ts';
import type { Fixture } from './fixture.ts';
import type { Disturbance, Moment, RunRequestKind } from './operations.ts';
import { openRunProxy, type ProxiedRequest, type RequestAction } from './run-proxy.ts';
import { count } from './statistics.ts';

/** How a run ended, as its caller sees it. */
export type Ending =
  | { kind: 'ended'; outcome: Outcome }
  | { kind: 'failed'; error: unknown }
  | { kind: 'died' };

/**
 * Runs the sync once with a disturbance.
 *
 * @param makeChanges makes the changes of a `change` or `overlap` disturbance; called at the chosen moment of the run
 * @returns how the run ended and, if another one overlapped, how that one ended
 */
export async function runOnce(
  fixture: Fixture,
  request: RunRequestKind,
  disturbance: Disturbance,
  makeChanges: () => Promise<void>,
): Promise<Ending[]> {
  const { statistics, driveEmulator } = fixture;
  switch (disturbance.kind) {
    case 'none':
      return [await runThroughProxy(fixture, request, () => 'forward')];
    case 'change': {
      let done = false;
      const ending = await runThroughProxy(fixture, request, async (request): Promise<RequestAction> => {
        if (done || !request.isMoment(disturbance.at)) return 'forward';
        done = true;
        count(statistics.events, 'something changed during a run');
        await makeChanges();
        return 'forward';
      });
      return [ending];
    }
    case 'kill':
      return [await kill(fixture, request, disturbance)];
    case 'driveFault': {
      const { fault } = faults[disturbance.fault % faults.length] as (typeof faults)[number];
      const method = disturbance.on === 'list' ? ({ method: 'files.list' } as const) : {};
      const rule = driveEmulator.faults.add({ match: { ...method, call: disturbance.nth }, fault });
      const ending = await runThroughProxy(fixture, request, () => 'forward');
      if (rule.hits > 0) count(statistics.events, 'a run met a Drive fault');
      rule.remove();
      return [ending];
    }
    case 'firestoreFault': {
      const ending = await runThroughProxy(fixture, request, (request) => {
        if (!request.isMoment(disturbance.at) || !isToFirestore(request)) return 'forward';
        count(statistics.events, 'a run met a Firestore fault');
        return disturbance.how;
      });
      return [ending];
    }
    case 'overlap':
      return await overlap(fixture, request, disturbance, makeChanges);
  }
}

const momentNames: Record<Moment['on'], string> = {
  any: 'request',
  startPageToken: 'changes.getStartPageToken call',
  changes: 'changes.list call',
  list: 'files.list call',
  get: 'files.get call',
  query: 'Firestore query',
  commit: 'Firestore commit',
};

export function describeDisturbance(disturbance: Disturbance): string {
  const at = ({ on, nth }: Moment) => `${momentNames[on]} ${nth}`;
  switch (disturbance.kind) {
    case 'none':
      return '';
    case 'change':
      return `, something changes before ${at(disturbance.at)}`;
    case 'kill':
      return `, killed ${disturbance.delivered ? 'after sending' : 'before'} ${at(disturbance.at)}`;
    case 'driveFault':
      return `, Drive fault at ${disturbance.on === 'list' ? 'files.list call' : 'call'} ${disturbance.nth}: ${faults[disturbance.fault % faults.length]?.name}`;
    case 'firestoreFault':
      return `, Firestore fault at ${at(disturbance.at)}: ${disturbance.how}`;
    case 'overlap':
      return `, before ${at(disturbance.at)} another run (${disturbance.request}) starts and ${disturbance.until ? `pauses before ${at(disturbance.until)} until this one has ended` : 'ends'}`;
  }
}

async function kill(
  fixture: Fixture,
  request: RunRequestKind,
  { at, delivered }: Extract<Disturbance, { kind: 'kill' }>,
): Promise<Ending> {
  const { statistics } = fixture;
  let died = false;
  const intercept = (request: ProxiedRequest): RequestAction => {
    if (!request.isMoment(at)) return 'forward';
    died = true;
    return delivered ? 'forwardAndDie' : 'die';
  };
  const inChild = fixture.options.takeChildKill();
  const ending = await runThroughProxy(fixture, request, intercept, inChild);
  if (!died) return ending;
  if (inChild) {
    if (ending.kind !== 'died') throw new Error('The child process exited before it was killed.');
    count(statistics.events, 'a run in a child process was killed with SIGKILL');
  }
  count(
    statistics.events,
    delivered ? 'a run was killed after sending its last request' : 'a run was killed',
  );
  return { kind: 'died' };
}

/**
 * Pauses the first run at a moment while a second run goes to its end, or to a moment of its own. In the second case
 * the second run pauses there until the first has ended.
 */
async function overlap(
  fixture: Fixture,
  request: RunRequestKind,
  disturbance: Extract<Disturbance, { kind: 'overlap' }>,
  makeChanges: () => Promise<void>,
): Promise<Ending[]> {
  const first = createGate();
  let hasBegun = false;
  let second: Promise<Ending> | undefined;
  const endings: Ending[] = [];
  const ending = await runThroughProxy(fixture, request, async (request): Promise<RequestAction> => {
    if (hasBegun || !request.isMoment(disturbance.at)) return 'forward';
    hasBegun = true;
    await makeChanges();
    count(fixture.statistics.events, 'two runs overlapped');
    const reached = createGate();
    second = runThroughProxy(fixture, disturbance.request, async (other): Promise<RequestAction> => {
      if (!disturbance.until || !other.isMoment(disturbance.until)) return 'forward';
      reached.open();
      await first.opened;
      return 'forward';
    });
    await Promise.race([second, reached.opened]);
    return 'forward';
  });
  first.open();
  endings.push(ending);
  if (second) endings.push(await second);
  return endings;
}

function createGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Runs the sync once through its own proxy. */
async function runThroughProxy(
  fixture: Fixture,
  requestKind: RunRequestKind,
  intercept: (request: ProxiedRequest) => RequestAction | Promise<RequestAction>,
  inChild = false,
): Promise<Ending> {
  const { driveEmulator, firestoreHost, statistics } = fixture;
  const proxy = await openRunProxy({ driveUrl: driveEmulator.url, firestoreHost, intercept });
  const settings: Settings = {
    ...fixture.settings,
    googleApiRoot: proxy.url,
    removals: fixture.model.removals,
  };
  const request: RunRequest = {
    reconcile: requestKind === 'reconcile',
    approvedRemovals: requestKind === 'approve' && fixture.lastHeld > 0 ? fixture.lastHeld : undefined,
  };
  if (request.approvedRemovals !== undefined) count(statistics.events, 'held removals were approved');
  try {
    if (inChild) return await runInChild({ settings, request, firestoreHost: proxy.host }, proxy);
    const outcome = await withFirestoreHost(proxy.host, () =>
      sync(
        request,
        settings,
        createLogs(
          (entry) => countEvent(fixture, entry),
          (value) => value,
        ),
        { retryBaseMs: 1 },
      ),
    );
    fixture.lastHeld = outcome.kind === 'completed' ? outcome.held : fixture.lastHeld;
    return { kind: 'ended', outcome };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    if (proxy.conflicts() > 0) count(statistics.events, 'a commit failed a precondition', proxy.conflicts());
    await proxy.close();
  }
}

/**
 * Starts a run with FIRESTORE_EMULATOR_HOST set to the address of its proxy. The sync reads the variable when it opens
 * Firestore, which it does synchronously, so the variable can be restored as soon as `begin` returns its promise.
 */
function withFirestoreHost<T>(host: string, begin: () => Promise<T>): Promise<T> {
  const before = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = host;
  try {
    return begin();
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = before;
  }
}

const eventNames: Record<string, string> = {
  removals_held: 'the guard held removals',
  duplicate_documents: 'a file had duplicate documents',
  dangling_shortcut: 'a shortcut was broken',
  scan_incomplete: 'a listing was incomplete',
  incomplete_entry: 'an entry was incomplete',
  book_restored: 'a removed book was restored',
  run_overtaken: 'a run detected that another run updated the checkpoint',
  retrying: 'a call was retried',
};

function countEvent({ statistics }: Fixture, entry: LogEntry): void {
  const name = eventNames[entry.event];
  if (name) count(statistics.events, name);
  if (entry.event === 'mode_changed' && entry.reason === 'Drive rejected the page token of the changes feed')
    count(statistics.events, 'Drive rejected the page token');
}

function isToFirestore({ on }: ProxiedRequest): boolean {
  return on === 'read' || on === 'query' || on === 'commit';
}
