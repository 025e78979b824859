/** The connection to Firestore. It is opened for one run and closed with it, even if calls are still in progress. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { applicationDefault, type Credential, cert, deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, initializeFirestore } from 'firebase-admin/firestore';
import type { CatalogIdentity, Settings } from '../core/config.ts';
import type { Deadline } from '../core/deadline.ts';

/** How long closing may take after every call has been canceled, in milliseconds. */
const closingMs = 2_000;

export interface Connection {
  firestore: Firestore;
  /** Registers a request so that `close` waits for it. A request can outlive the code that waited for its result. */
  track<T>(request: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a client for one run. It connects on the first call. */
export function connect(settings: Settings, deadline: Deadline): Connection {
  const { catalogIdentity: identity, projectId, databaseId } = settings;
  // Each client gets an app with a unique name: overlapping runs in one process must not share a connection, nor
  // close each other's.
  const app = initializeApp({ projectId, credential: credentialOf(identity, projectId) }, randomUUID());
  // gRPC, not REST: over REST the client mistakes "document already exists" (HTTP 409) for contention and retries for
  // minutes.
  const firestore = initializeFirestore(app, {}, databaseId);
  const calls = new Set<Call>();
  const requests = new Set<Promise<unknown>>();
  let isClosing = false;
  firestore.settings({
    // The only place where grpc-js gives access to a call. The Firestore client passes this setting on to grpc-js.
    'grpc.callInvocationTransformer': (invoked: Invocation) => {
      // A call that was still being prepared when `close` began. It cannot be canceled before it has started.
      if (isClosing) process.nextTick(() => invoked.call.cancel());
      return watch(invoked, calls);
    },
    // Without this the client retries every read twice, whatever the error is, even for a denied permission.
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
      const timeout = sleep(closingMs, undefined, { ref: false });
      isClosing = true;
      // The client waits for calls in progress, and a call that gets no response stays in progress for minutes.
      cancel();
      // A request that is still being prepared would find the client closed. That rejects a promise inside the client
      // that no code can handle.
      await Promise.race([Promise.allSettled(requests), timeout]);
      // An error that prevents closing also prevented opening, and was reported then.
      const closed = firestore.terminate().catch(() => {});
      await Promise.race([closed, timeout]);
      await deleteApp(app);
    },
  };
}

/** The parts of a gRPC call that are used here. */
interface Call {
  cancel(): void;
  on(event: 'status' | 'error', listener: (value: unknown) => void): unknown;
}
interface Invocation {
  call: Call;
  /** Only for a call with a single response. A stream emits an error event instead. */
  callback?: (error: unknown, ...rest: unknown[]) => void;
}

/** Tracks a call while it is in progress, and keeps the Firestore client from retrying it. */
function watch(invoked: Invocation, calls: Set<Call>): Invocation {
  const { call, callback } = invoked;
  calls.add(call);
  call.on('status', () => calls.delete(call));
  if (callback)
    return { ...invoked, callback: (error, ...rest) => callback(error && hideCode(error), ...rest) };
  // This listener is registered first, so later listeners see the error with the code hidden.
  call.on('error', hideCode);
  return invoked;
}

/**
 * Replaces the error's code with one that the Firestore client does not know, and keeps the original in `grpcCode`.
 * The client passes such an error on. Otherwise it would retry silently, on its own schedule, every code that it
 * considers retryable: a read five times, a commit for ten minutes. An exhausted quota would look like a missing
 * response, and there would be two retry policies instead of one.
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
