/** One run of the sync within a history: undisturbed, disturbed, killed, or two at once. */

import type { Settings } from '../../functions/sync/core/config.ts';
import { createLogs, type LogEntry } from '../../functions/sync/core/logs.ts';
import { type Outcome, sync } from '../../functions/sync/sync.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import { runInChild } from './child-run.ts';
import { faults } from './drive-faults.ts';
import { type LaneRequest, openLane, type Verdict } from './lane.ts';
import type { Moment, TickKind, Trouble } from './operations.ts';
import type { School } from './school.ts';
import { count } from './statistics.ts';

/** How a run ended, for whoever waits for it. */
export type Ending =
  | { kind: 'ended'; outcome: Outcome }
  | { kind: 'failed'; error: unknown }
  | { kind: 'died' };

/**
 * Runs the sync once, with its trouble.
 *
 * @param interimCheckpoint does what happens at the chosen moment of the run
 */
export async function runOnce(
  school: School,
  request: TickKind,
  trouble: Trouble,
  interimCheckpoint: () => Promise<void>,
): Promise<Ending[]> {
  const { statistics, driveEmulator } = school;
  switch (trouble.kind) {
    case 'none':
      return [await ride(school, request, () => 'pass')];
    case 'meanwhile': {
      let done = false;
      const ending = await ride(school, request, async (request): Promise<Verdict> => {
        if (done || !request.isMoment(trouble.at)) return 'pass';
        done = true;
        count(statistics.events, 'something happened in the middle of a run');
        await interimCheckpoint();
        return 'pass';
      });
      return [ending];
    }
    case 'kill':
      return [await kill(school, request, trouble)];
    case 'driveFault': {
      const { fault } = faults[trouble.fault % faults.length] as (typeof faults)[number];
      const method = trouble.on === 'list' ? ({ method: 'files.list' } as const) : {};
      const rule = driveEmulator.faults.add({ match: { ...method, call: trouble.nth }, fault });
      const ending = await ride(school, request, () => 'pass');
      if (rule.hits > 0) count(statistics.events, 'a fault of Drive met a run');
      rule.remove();
      return [ending];
    }
    case 'catalogFault': {
      const ending = await ride(school, request, (request) => {
        if (!request.isMoment(trouble.at) || !isOfFirestore(request)) return 'pass';
        count(statistics.events, 'a fault of Firestore met a run');
        return trouble.how;
      });
      return [ending];
    }
    case 'overlap':
      return await overlap(school, request, trouble, interimCheckpoint);
  }
}

export function describeTrouble(trouble: Trouble): string {
  const at = (moment: Moment) => `just before its request ${moment.nth} of kind "${moment.on}"`;
  switch (trouble.kind) {
    case 'none':
      return '';
    case 'meanwhile':
      return `, ${at(trouble.at)} something else happens`;
    case 'kill':
      return `, killed ${trouble.delivered ? 'as soon as' : 'before'} a request has left: ${trouble.at.on} ${trouble.at.nth}`;
    case 'driveFault':
      return `, Drive ${trouble.on === 'list' ? 'listing' : 'call'} ${trouble.nth} meets: ${faults[trouble.fault % faults.length]?.name}`;
    case 'catalogFault':
      return `, Firestore: ${trouble.how} at ${trouble.at.on} ${trouble.at.nth}`;
    case 'overlap':
      return `, ${at(trouble.at)} this happens and another run (${trouble.request}) ${trouble.until ? `goes as far as ${trouble.until.on} ${trouble.until.nth}, and ends after it` : 'begins and ends'}`;
  }
}

async function kill(
  school: School,
  request: TickKind,
  { at, delivered }: Extract<Trouble, { kind: 'kill' }>,
): Promise<Ending> {
  const { statistics } = school;
  let died = false;
  const gate = (request: LaneRequest): Verdict => {
    if (!request.isMoment(at)) return 'pass';
    died = true;
    return delivered ? 'deliverAndDie' : 'die';
  };
  const inChild = school.options.takeChildKill();
  const ending = await ride(school, request, gate, inChild);
  if (!died) return ending;
  if (inChild) {
    if (ending.kind !== 'died') throw new Error('A child process that was to be killed ended by itself.');
    count(statistics.events, 'a run died as a process of its own, by SIGKILL');
  }
  count(statistics.events, delivered ? 'a run died, its last request delivered' : 'a run died');
  return { kind: 'died' };
}

/** The first run is held at a moment while the second goes to its end, or to a moment of its own. */
async function overlap(
  school: School,
  request: TickKind,
  trouble: Extract<Trouble, { kind: 'overlap' }>,
  interimCheckpoint: () => Promise<void>,
): Promise<Ending[]> {
  const first = createGate();
  let hasBegun = false;
  let second: Promise<Ending> | undefined;
  const endings: Ending[] = [];
  const ending = await ride(school, request, async (request): Promise<Verdict> => {
    if (hasBegun || !request.isMoment(trouble.at)) return 'pass';
    hasBegun = true;
    await interimCheckpoint();
    count(school.statistics.events, 'two runs overlapped');
    const reached = createGate();
    second = ride(school, trouble.request, async (other): Promise<Verdict> => {
      if (!trouble.until || !other.isMoment(trouble.until)) return 'pass';
      reached.open();
      await first.opened;
      return 'pass';
    });
    await Promise.race([second, reached.opened]);
    return 'pass';
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

/** One run through a lane of its own. */
async function ride(
  school: School,
  tickKind: TickKind,
  gate: (request: LaneRequest) => Verdict | Promise<Verdict>,
  inChild = false,
): Promise<Ending> {
  const { driveEmulator, firestoreHost, statistics, held } = school;
  const lane = await openLane({ driveUrl: driveEmulator.url, firestoreHost, gate });
  const settings: Settings = {
    ...school.settings,
    googleApiRoot: lane.url,
    removals: school.ledger.removals,
  };
  const request: RunRequest = {
    reconcile: tickKind === 'reconcile',
    approvedRemovals: tickKind === 'approve' && held() > 0 ? held() : undefined,
  };
  if (request.approvedRemovals !== undefined) count(statistics.events, 'held removals were approved');
  try {
    if (inChild) return await runInChild({ settings, request, firestoreHost: lane.host }, lane);
    const outcome = await syncThrough(lane.host, () =>
      sync(
        request,
        settings,
        createLogs(
          (entry) => note(school, entry),
          (value) => value,
        ),
        { retryBaseMs: 1 },
      ),
    );
    school.lastHeld = outcome.kind === 'completed' ? outcome.held : school.lastHeld;
    return { kind: 'ended', outcome };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    if (lane.conflicts() > 0)
      count(statistics.events, 'a commit met a document that had changed', lane.conflicts());
    await lane.close();
  }
}

/** The sync reads the emulator's address when it opens Firestore, which it does before it waits for anything. */
function syncThrough<T>(host: string, begin: () => Promise<T>): Promise<T> {
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
  duplicate_documents: 'two documents stood for one file',
  dangling_shortcut: 'a shortcut dangled',
  scan_incomplete: 'the library was not listed whole',
  incomplete_entry: 'an entry was incomplete',
  book_restored: 'a book came back',
  run_overtaken: 'a run noticed that it was overtaken',
  retrying: 'a call was tried again',
};

function note({ statistics }: School, entry: LogEntry): void {
  const name = eventNames[entry.event];
  if (name) count(statistics.events, name);
  if (
    entry.event === 'mode_changed' &&
    entry.reason === 'Drive no longer takes the token of the changes feed'
  )
    count(statistics.events, 'the token of the feed was refused');
}

function isOfFirestore({ on }: LaneRequest): boolean {
  return on === 'read' || on === 'query' || on === 'commit';
}
