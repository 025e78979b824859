/** The Drive half of a run's proxy (run-proxy.ts). It forwards plain HTTP/1.1. */
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnFreePort } from '../support/listen.ts';
import type { RequestHooks, RequestKind } from './run-proxy.ts';

const pool = new http.Agent({ keepAlive: true, maxSockets: 64 });

export async function openDriveProxy(
  driveUrl: string,
  hooks: RequestHooks,
): Promise<{ port: number; close(): Promise<void> }> {
  const drive = new URL(driveUrl);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const on = kindOf(request.url ?? '');
    const action = await hooks.onRequest(on);
    if (action === 'die') return refuse(response, on);
    if (action === 'disconnect') throw new Error('disconnected by the test');
    const { status, headers, body } = await forward({ hostname: drive.hostname, port: drive.port }, request);
    if (action === 'dropResponse') throw new Error('response dropped by the test');
    if (action === 'forwardAndDie') {
      hooks.onDelivered();
      return refuse(response, on);
    }
    response.writeHead(status, headers);
    response.end(body);
  }

  const server = http.createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const port = await listenOnFreePort(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function kindOf(url: string): RequestKind {
  if (url.startsWith('/token')) return 'accessToken';
  if (url.startsWith('/drive/v3/changes?')) return 'changes';
  if (url.startsWith('/drive/v3/changes/startPageToken')) return 'startPageToken';
  return url.startsWith('/drive/v3/files?') ? 'list' : 'get';
}

interface HttpResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

async function forward(
  to: { hostname: string; port: string },
  request: http.IncomingMessage,
): Promise<HttpResponse> {
  const body = await buffer(request);
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = request.headers;
  const { method, url: path } = request;
  const sent = { ...headers, 'content-length': String(body.byteLength) };
  return await new Promise<HttpResponse>((resolve, reject) => {
    const onward = http.request({ ...to, method, path, headers: sent, agent: pool }, (got) => {
      buffer(got).then((bytes) => {
        const { connection: _, 'transfer-encoding': __, ...back } = got.headers;
        const length = { 'content-length': String(bytes.byteLength) };
        resolve({ status: got.statusCode ?? 502, headers: { ...back, ...length }, body: bytes });
      }, reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

/** Responds with an error that clients do not retry. */
function refuse(response: http.ServerResponse, on: RequestKind): void {
  const [status, body] =
    on === 'accessToken'
      ? [400, { error: 'invalid_grant' }]
      : [
          403,
          {
            error: {
              code: 403,
              message: 'The run was killed by the test',
              errors: [{ reason: 'domainPolicy' }],
            },
          },
        ];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
