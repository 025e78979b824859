/** The half of a lane that leads to Drive: HTTP/1.1 as it is. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { RequestKind, Warden } from './lane.ts';

const pool = new http.Agent({ keepAlive: true, maxSockets: 64 });

export async function openDriveLane(
  driveUrl: string,
  warden: Warden,
): Promise<{ port: number; close(): Promise<void> }> {
  const { hostname, port } = new URL(driveUrl);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const on = kindOf(request.url ?? '');
    const verdict = await warden.admit(on);
    if (verdict === 'die') return refuse(response, on);
    if (verdict === 'cut') throw new Error('cut by the test');
    const { status, headers, body } = await passOn({ hostname, port }, request);
    if (verdict === 'answerLost') throw new Error('lost by the test');
    if (verdict === 'deliverAndDie') {
      warden.delivered();
      return refuse(response, on);
    }
    response.writeHead(status, headers);
    response.end(body);
  }

  const server = http.createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function kindOf(url: string): RequestKind {
  if (url.startsWith('/token')) return 'token';
  if (url.startsWith('/drive/v3/changes?')) return 'feed';
  if (url.startsWith('/drive/v3/changes/startPageToken')) return 'start';
  return url.startsWith('/drive/v3/files?') ? 'list' : 'item';
}

interface Passed {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

async function passOn(
  to: { hostname: string; port: string },
  request: http.IncomingMessage,
): Promise<Passed> {
  const body = await buffer(request);
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = request.headers;
  const { method, url: path } = request;
  const sent = { ...headers, 'content-length': String(body.byteLength) };
  return await new Promise<Passed>((resolve, reject) => {
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

/** The answers that no client tries again. */
function refuse(response: http.ServerResponse, on: RequestKind): void {
  const [status, body] =
    on === 'token'
      ? [400, { error: 'invalid_grant' }]
      : [403, { error: { code: 403, message: 'dead', errors: [{ reason: 'domainPolicy' }] } }];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
