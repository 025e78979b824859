/** The Firestore half of a run's proxy (run-proxy.ts). It forwards gRPC, which is HTTP/2 with the status in the trailers. */
import http2 from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { listenOnFreePort } from '../support/listen.ts';
import type { RequestHooks, RequestKind } from './run-proxy.ts';

const grpcStatus = { permissionDenied: '7', aborted: '10', unavailable: '14' } as const;

const upstreams = new Map<string, http2.ClientHttp2Session>();

/** All proxies share one connection to the emulator. */
function connect(host: string): http2.ClientHttp2Session {
  const open = upstreams.get(host);
  if (open && !open.closed && !open.destroyed) return open;
  const session = http2.connect(`http://${host}`);
  session.on('error', () => {});
  session.unref();
  upstreams.set(host, session);
  return session;
}

export async function openFirestoreProxy(
  firestoreHost: string,
  hooks: RequestHooks,
): Promise<{ port: number; close(): Promise<void> }> {
  const sessions = new Set<http2.ServerHttp2Session>();

  async function serve(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): Promise<void> {
    const on = kindOf(String(headers[':path']));
    const action = await hooks.onRequest(on);
    if (action === 'die') return refuse(stream, grpcStatus.permissionDenied);
    if (action === 'unavailable' || action === 'aborted') return refuse(stream, grpcStatus[action]);
    if (action === 'disconnect') return stream.session?.destroy();
    const { head, body, trailers } = await forward(firestoreHost, stream, headers);
    const status = trailers['grpc-status'] ?? head['grpc-status'];
    if (on === 'commit' && status !== '0') hooks.onConflict();
    if (action === 'dropResponse') return stream.session?.destroy();
    if (action === 'forwardAndDie') {
      hooks.onDelivered();
      return refuse(stream, grpcStatus.permissionDenied);
    }
    if (stream.destroyed) return;
    if (head['grpc-status'] !== undefined) return stream.respond(head, { endStream: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.respond(head, { waitForTrailers: true });
    stream.end(body);
  }

  const server = http2.createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers).catch(() => stream.session?.destroy());
  });
  const port = await listenOnFreePort(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

function kindOf(path: string): RequestKind {
  if (path.endsWith('/Commit') || path.endsWith('/BatchWrite')) return 'commit';
  return path.endsWith('/RunQuery') ? 'query' : 'read';
}

interface GrpcResponse {
  head: http2.OutgoingHttpHeaders;
  body: Buffer;
  trailers: http2.OutgoingHttpHeaders;
}

async function forward(
  host: string,
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
): Promise<GrpcResponse> {
  const requestBody = await buffer(stream);
  const { ':authority': _, connection: __, ...sent } = headers;
  return await new Promise<GrpcResponse>((resolve, reject) => {
    const onward = connect(host).request(sent);
    let head: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    onward.on('response', (got) => {
      head = got;
    });
    onward.on('trailers', (got) => {
      trailers = got;
    });
    onward.on('data', (chunk: Buffer) => chunks.push(chunk));
    onward.on('error', reject);
    onward.on('end', () =>
      resolve({ head: { ...head }, body: Buffer.concat(chunks), trailers: { ...trailers } }),
    );
    onward.end(requestBody);
  });
}

/** Responds with a status only. */
function refuse(stream: http2.ServerHttp2Stream, status: string): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-status': status,
      'grpc-message': 'injected by the test',
    },
    { endStream: true },
  );
}
