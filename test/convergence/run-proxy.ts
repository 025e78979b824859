/**
 * The proxy of a run: a small server that all its requests to Drive and Firestore pass through. Each run has its own.
 *
 * The proxy can pause a run at a chosen request while something else changes, inject a fault, or kill the run. A killed
 * run does not necessarily stop executing in this process. What counts is that from the chosen request on, nothing it
 * sends reaches Drive or Firestore, just as if its process were dead. It gets errors that it does not retry, so it ends
 * soon, and its result is ignored.
 */

import type { Moment } from './operations.ts';
import { openDriveProxy } from './run-proxy-drive.ts';
import { openFirestoreProxy } from './run-proxy-firestore.ts';

/**
 * Kinds of requests. The first five go to Drive or its token endpoint; `get` is `files.get` or anything else. The last
 * three go to Firestore; `read` is anything but a query or a commit.
 */
export type RequestKind =
  | 'accessToken'
  | 'startPageToken'
  | 'changes'
  | 'list'
  | 'get'
  | 'read'
  | 'query'
  | 'commit';

export interface ProxiedRequest {
  on: RequestKind;
  isMoment(moment: Moment): boolean;
}

/**
 * What the proxy does with a request. `die`: the request does not arrive, and the run is dead. `forwardAndDie`: the
 * request still arrives, and then the run is dead. `disconnect`: the connection is closed before the request is
 * forwarded. `dropResponse`: the connection is closed after the request has taken effect. `unavailable` and `aborted`:
 * Firestore responds with this gRPC status.
 */
export type RequestAction =
  | 'forward'
  | 'die'
  | 'forwardAndDie'
  | 'disconnect'
  | 'dropResponse'
  | 'unavailable'
  | 'aborted';

/** The callbacks through which the Drive half and the Firestore half of a proxy share their state. */
export interface RequestHooks {
  /** Decides what to do with a request; `die` for every request of a dead run. */
  onRequest(on: RequestKind): Promise<RequestAction>;
  /** Called when the last request of a run has arrived (`forwardAndDie`). */
  onDelivered(): void;
  /** Called when Firestore rejected a commit, normally because a precondition failed. */
  onConflict(): void;
}

export interface RunProxy {
  /** For GOOGLE_API_ROOT. */
  url: string;
  /** For FIRESTORE_EMULATOR_HOST. */
  host: string;
  /** The number of commits that Firestore rejected. */
  conflicts(): number;
  /** Sets a listener that is called when the run dies, before the run gets a response. */
  onDeath(listener: () => void): void;
  close(): Promise<void>;
}

export interface RunProxyOptions {
  driveUrl: string;
  firestoreHost: string;
  /** Called before each request is forwarded. The request waits for the result. */
  intercept: (request: ProxiedRequest) => RequestAction | Promise<RequestAction>;
}

export async function openRunProxy({
  driveUrl,
  firestoreHost,
  intercept,
}: RunProxyOptions): Promise<RunProxy> {
  const counts = new Map<string, number>();
  let dead = false;
  let onDeath = (): void => {};
  let conflicts = 0;

  function count(kind: string): number {
    const now = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, now);
    return now;
  }

  const hooks: RequestHooks = {
    async onRequest(on) {
      if (dead) return 'die';
      const all = count('any');
      const same = count(on);
      const isMoment = (moment: Moment): boolean =>
        moment.on === 'any' ? all === moment.nth : moment.on === on && same === moment.nth;
      const action = await intercept({ on, isMoment });
      if (dead) return 'die';
      if (action === 'die' || action === 'forwardAndDie') dead = true;
      if (action === 'die') onDeath();
      return action;
    },
    onDelivered: () => onDeath(),
    onConflict() {
      conflicts += 1;
    },
  };
  const drive = await openDriveProxy(driveUrl, hooks);
  const firestore = await openFirestoreProxy(firestoreHost, hooks);
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
