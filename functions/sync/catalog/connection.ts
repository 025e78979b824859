/** The connection to Firestore: opened for one run, and closed with it whatever is still under way. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { applicationDefault, type Credential, cert, deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, initializeFirestore } from 'firebase-admin/firestore';
import type { CatalogIdentity, Settings } from '../core/config.ts';
import type { Deadline } from '../core/deadline.ts';

/** How long closing may take once every call has been cancelled, in milliseconds. */
const closingMs = 2_000;

export interface Connection {
  firestore: Firestore;
  /** Remembers a question, which may go on when nobody waits for its answer any more, for `close` to wait for. */
  track<T>(request: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a connection. Nothing is contacted before the first question. */
export function connect(settings: Settings, deadline: Deadline): Connection {
  const { catalogIdentity: identity, projectId, databaseId } = settings;
  // A name of its own for every opening: overlapping runs in one process must not share, or close, one connection.
  const app = initializeApp({ projectId, credential: credentialOf(identity, projectId) }, randomUUID());
  // gRPC, not REST: over REST the client takes an existing document (HTTP 409) for contention and tries for minutes.
  const firestore = initializeFirestore(app, {}, databaseId);
  const calls = new Set<Call>();
  const requests = new Set<Promise<unknown>>();
  let isClosing = false;
  firestore.settings({
    // The one place where grpc-js shows a call to us; the client hands this setting on to it.
    'grpc.callInvocationTransformer': (invoked: Invocation) => {
      // A question that was still getting ready; it cannot be cancelled before it has begun.
      if (isClosing) process.nextTick(() => invoked.call.cancel());
      return watch(invoked, calls);
    },
    // Without it the client tries every read twice more, whatever the error says, refused permission included.
    gaxServerStreamingRetries: true,
  });
  const cancel = () => {
    for (const call of calls) call.cancel();
  };
  deadline.signal.addEventListener('abort', cancel, { once: true });
  return {
    firestore,
    track(request) {
      requests.add(request);
      const forget = () => requests.delete(request);
      request.then(forget, forget);
      return request;
    },
    async close() {
      const patience = sleep(closingMs, undefined, { ref: false });
      isClosing = true;
      // The client waits for calls that are under way, and one that is never answered is under way for minutes.
      cancel();
      // A question that is still getting ready would find the client closed, which rejects a promise that nobody is given.
      await Promise.race([Promise.allSettled(requests), patience]);
      // What keeps a client from being closed kept it from being opened, and has been told.
      const closed = firestore.terminate().catch(() => {});
      await Promise.race([closed, patience]);
      await deleteApp(app);
    },
  };
}

/** The parts of a gRPC call that matter here. */
interface Call {
  cancel(): void;
  on(event: 'status' | 'error', listener: (value: unknown) => void): unknown;
}
interface Invocation {
  call: Call;
  /** Only of a call with one answer; a stream emits its error. */
  callback?: (error: unknown, ...rest: unknown[]) => void;
}

/** Remembers a call while it is under way, and keeps the client from trying it again by itself. */
function watch(invoked: Invocation, calls: Set<Call>): Invocation {
  const { call, callback } = invoked;
  calls.add(call);
  call.on('status', () => calls.delete(call));
  if (callback)
    return { ...invoked, callback: (error, ...rest) => callback(error && hideCode(error), ...rest) };
  // The first to listen, so the others see it as we leave it.
  call.on('error', hideCode);
  return invoked;
}

/**
 * The client tries again, unseen and on a schedule of its own, wherever the code says that it may: a read five times,
 * a commit for ten minutes. A used up quota would look like an answer that never comes, and one policy be two. An
 * error with a code it does not know it passes on.
 */
function hideCode(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  return Object.assign(error as object, { code: `grpc-${code}`, grpcCode: code });
}

function credentialOf(identity: CatalogIdentity, projectId: string): Credential {
  return identity.kind === 'keyless'
    ? applicationDefault()
    : cert({ projectId, clientEmail: identity.clientEmail, privateKey: identity.privateKey });
}
