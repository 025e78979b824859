/** A proxy in front of the Firestore emulator: it sees every request of a run, and may hold, cut or refuse it. */
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
  /** The method of the Firestore API: `Commit`, `RunQuery`, `BatchGetDocuments` ... */
  method: string;
  /** 1 for the first request through this proxy. */
  index: number;
}

/**
 * What happens to a request: it passes, is cut before or after the emulator has seen it, is never answered, fails; or
 * it is cut, and for a while nobody listens, so that every connection is refused.
 */
export type Verdict = 'pass' | 'cutBefore' | 'cutAfter' | 'stall' | 'down' | Refusal | Withheld;

/** How long nobody listens, in milliseconds. */
const downMs = 200;

/** An error of the server: its code, and what it says. */
export interface Refusal {
  grpcStatus: number;
  message?: string;
}

/** The emulator answers, but the answer is kept back; `answered` is told that it came. */
export interface Withheld {
  answered: () => void;
}

export interface FirestoreProxy {
  /** For FIRESTORE_EMULATOR_HOST. */
  host: string;
  calls: FirestoreCall[];
  close(): Promise<void>;
}

/** Starts a proxy; `judge` is asked about every request and may do things before it answers. */
export async function startFirestoreProxy(
  target: string,
  judge: (call: FirestoreCall) => Verdict | Promise<Verdict>,
): Promise<FirestoreProxy> {
  const calls: FirestoreCall[] = [];
  const sessions = new Set<ServerHttp2Session>();
  // Opened with the first request: many worlds never make one.
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
  const hush = () =>
    new Promise<void>((resolve) => {
      for (const session of sessions) session.destroy();
      server.close(() => resolve());
    });
  let outage = Promise.resolve();
  async function goDown(): Promise<void> {
    await hush();
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
      await hush();
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

/** An error as a gRPC server gives it: one frame of headers and nothing else. */
function refuse(stream: ServerHttp2Stream, { grpcStatus, message = 'refused by the test' }: Refusal): void {
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
