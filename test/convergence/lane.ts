/**
 * The only way out of a run: a small proxy, one for each run, that stands before both Drive and Firestore.
 *
 * Here a run can be held at a chosen request while something else happens, meet a fault, or die. Death is honest as
 * seen from Drive and Firestore, which is all that counts: from the chosen request on nothing of that run reaches
 * them, be its promise in this process still pending or not. The refusals that a dead run gets back are such that it
 * gives up at once; nobody looks at what it then says.
 */
import { openDriveLane } from './lane-drive.ts';
import { openFirestoreLane } from './lane-firestore.ts';
import type { Moment } from './operations.ts';

/** `start`: where does the feed stand; `item`: what is this one item. */
export type RequestKind = 'token' | 'start' | 'feed' | 'list' | 'item' | 'read' | 'query' | 'commit';

export interface LaneRequest {
  on: RequestKind;
  isMoment(moment: Moment): boolean;
}

/** What becomes of a request: it passes, it is the last that passes, or it meets a fault. */
export type Verdict = 'pass' | 'die' | 'deliverAndDie' | 'cut' | 'answerLost' | 'unavailable' | 'aborted';

/** What the two halves of a lane ask before and after they pass a request on. */
export interface Warden {
  /** What is to become of this request; `die` for every one of a dead run. */
  admit(on: RequestKind): Promise<Verdict>;
  /** The request that was the run's last has arrived. */
  delivered(): void;
  /** Firestore refused a commit because a document was not as expected. */
  conflicted(): void;
}

export interface Lane {
  /** For GOOGLE_API_ROOT. */
  url: string;
  /** For FIRESTORE_EMULATOR_HOST. */
  host: string;
  /** Commits that Firestore refused because a document was not as expected. */
  conflicts(): number;
  /** Told when the run dies, and before anything is answered. */
  onDeath(listener: () => void): void;
  close(): Promise<void>;
}

export interface LaneOptions {
  driveUrl: string;
  firestoreHost: string;
  /** Asked before each request is passed on; may take its time. */
  gate: (request: LaneRequest) => Verdict | Promise<Verdict>;
}

export async function openLane({ driveUrl, firestoreHost, gate }: LaneOptions): Promise<Lane> {
  const counts = new Map<string, number>();
  let dead = false;
  let onDeath = (): void => {};
  let conflicts = 0;

  function count(what: string): number {
    const now = (counts.get(what) ?? 0) + 1;
    counts.set(what, now);
    return now;
  }

  const warden: Warden = {
    async admit(on) {
      if (dead) return 'die';
      const all = count('any');
      const same = count(on);
      const isMoment = (moment: Moment): boolean =>
        moment.on === 'any' ? all === moment.nth : moment.on === on && same === moment.nth;
      const verdict = await gate({ on, isMoment });
      if (dead) return 'die';
      if (verdict === 'die' || verdict === 'deliverAndDie') dead = true;
      if (verdict === 'die') onDeath();
      return verdict;
    },
    delivered: () => onDeath(),
    conflicted() {
      conflicts += 1;
    },
  };
  const drive = await openDriveLane(driveUrl, warden);
  const firestore = await openFirestoreLane(firestoreHost, warden);
  return {
    url: `http://127.0.0.1:${drive.port}`,
    host: `127.0.0.1:${firestore.port}`,
    conflicts: () => conflicts,
    onDeath(listener) {
      onDeath = listener;
    },
    async close() {
      await Promise.all([drive.close(), firestore.close()]);
    },
  };
}
