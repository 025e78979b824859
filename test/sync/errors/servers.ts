/** Servers on the loopback interface that simulate network failures. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listenOnFreePort } from '../../support/listen.ts';

export interface Listening {
  host: string;
  close: () => Promise<void>;
}

async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  const port = await listenOnFreePort(server);
  return {
    host: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<Listening> {
  const { host, close } = await listen(createServer());
  await close();
  return { host, close: async () => {} };
}

/** A server that accepts a connection and resets it. */
export function resetting(): Promise<Listening> {
  return listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
}

/** A server with a self-signed certificate. */
export function selfSigned(): Promise<Listening> {
  const directory = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(directory, name)) as [string, string];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) });
  rmSync(directory, { recursive: true });
  return listen(server);
}

/** A token endpoint that rejects every request with this error. */
export function refusingTokens(error: string): Promise<Listening> {
  return listen(
    createHttpServer((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error, error_description: 'Refused.' }));
    }),
  );
}
