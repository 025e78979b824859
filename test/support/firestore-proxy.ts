/** A proxy in front of the Firestore emulator: it sees every request of a run, and can delay, cut or reject it. */
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FirestoreCall {
  /** The Firestore API method, such as `Commit`, `RunQuery` or `BatchGetDocuments`. */
  method: string;
  /** 1 for the first request through this proxy. */
  index: number;
}

/**
 * What happens to a request. `pass`: it is forwarded. `cutBefore`, `cutAfter`: the connection is cut before or after
 * the emulator handles the request. `stall`: there is no response. `down`: the connection is cut, and new connections
 * are refused for a while. `Refusal`: the request fails. `Withheld`: the response is not passed on.
 */
export type Verdict = 'pass' | 'cutBefore' | 'cutAfter' | 'stall' | 'down' | Refusal | Withheld;

/** How long connections are refused after `down`, in milliseconds. */
const downMs = 200;

/** A server error: its gRPC status code and message. */
export interface Refusal {
  grpcStatus: number;
  message?: string;
}

/** The emulator handles the request, but its response is not passed on. `answered` is called when it arrives. */
export interface Withheld {
  answered: () => void;
}

export interface FirestoreProxy {
  /** The value for FIRESTORE_EMULATOR_HOST. */
  host: string;
  calls: FirestoreCall[];
  close(): Promise<void>;
}

/**
 * Starts a proxy. `judge` is called for every request and decides what happens to it; it can do other things first.
 */
export async function startFirestoreProxy(
  target: string,
  judge: (call: FirestoreCall) => Verdict | Promise<Verdict>,
): Promise<FirestoreProxy> {
  const calls: FirestoreCall[] = [];
  const sessions = new Set<ServerHttp2Session>();
  // Opened with the first request, because many test environments never make one.
  let onward: ClientHttp2Session | undefined;
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', async (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    const call = { method: String(headers[':path']).split('/').at(-1) ?? '', index: calls.length + 1 };
    calls.push(call);
    const verdict = await judge(call);
    if (stream.destroyed || verdict === 'stall') return;
    if (verdict === 'cutBefore') return stream.session?.destroy();
    if (verdict === 'down') {
      outage = goDown();
      return;
    }
    if (typeof verdict === 'object' && 'grpcStatus' in verdict) return refuse(stream, verdict);
    if (!onward || onward.destroyed) onward = connect(`http://${target}`).on('error', () => {});
    const cut = () => stream.session?.destroy();
    const withheld =
      typeof verdict === 'object' ? verdict.answered : verdict === 'cutAfter' ? cut : undefined;
    pass(onward, stream, headers, withheld);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stopListening = () =>
    new Promise<void>((resolve) => {
      for (const session of sessions) session.destroy();
      server.close(() => resolve());
    });
  let outage = Promise.resolve();
  async function goDown(): Promise<void> {
    await stopListening();
    await sleep(downMs);
    await listen(port);
  }
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    calls,
    async close() {
      await outage;
      onward?.destroy();
      await stopListening();
    },
  };
}

function pass(
  onward: ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  withheld: (() => void) | undefined,
): void {
  const { ':authority': _, ...rest } = headers;
  const request = onward.request(rest, { endStream: false });
  request.on('error', () => stream.destroy());
  stream.on('close', () => request.destroy());
  stream.pipe(request);
  if (withheld) {
    request.resume().on('end', withheld);
    return;
  }
  request.on('response', (answer, flags) => {
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, { waitForTrailers: !endStream, endStream });
    if (endStream) return;
    let trailers: IncomingHttpHeaders = {};
    request.on('trailers', (last) => {
      trailers = last;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
}

/** Sends an error as gRPC servers do: a single headers frame and nothing else. */
function refuse(stream: ServerHttp2Stream, { grpcStatus, message = 'rejected by the test' }: Refusal): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(grpcStatus),
      'grpc-message': encodeURI(message),
    },
    { endStream: true },
  );
}
