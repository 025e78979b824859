/** The worst possible server: it echoes everything it is sent, including credentials, in every part of its response. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from '../support/listen.ts';

/** How the server responds: at the token endpoint, or (after issuing a token) to every Drive call. */
export interface Manner {
  at: 'token' | 'drive';
  status: number;
  body: 'json' | 'html' | 'item' | 'broken';
}

export interface Echo {
  url: string;
  manner: Manner;
  /** Everything that the server received, so that a test knows there was something to leak. */
  received: string;
  /** The number of requests that were echoed. Set it to 0 to restart the count. */
  echoed: number;
  close(): Promise<void>;
}

/** Starts an echo server on a free port. */
export async function startEcho(): Promise<Echo> {
  const server = createServer((request, response) => {
    respond(request, response, echo).catch((error: unknown) => response.destroy(error as Error));
  });
  const port = await listenOnFreePort(server);
  const echo: Echo = {
    url: `http://127.0.0.1:${port}`,
    manner: { at: 'token', status: 400, body: 'json' },
    received: '',
    echoed: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return echo;
}

async function respond(request: IncomingMessage, response: ServerResponse, echo: Echo): Promise<void> {
  const sent = `${request.url} ${JSON.stringify(request.headers)} ${await text(request)}`;
  echo.received += sent;
  const { at, status, body } = echo.manner;
  if (request.url?.startsWith('/token') && at === 'drive') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'ya29.canary', expires_in: 3600, token_type: 'Bearer' }));
    return;
  }
  // Also echoes a decoded copy, because a server may show a value in another form than it received.
  const echoed = `${sent} ${decodeURIComponent(sent.replaceAll('+', ' ').replaceAll(/%(?![0-9A-F]{2})/gi, ''))}`;
  echo.echoed += 1;
  response.statusCode = status;
  response.setHeader('x-debug', encodeURIComponent(sent));
  response.setHeader('content-type', body === 'html' ? 'text/html' : 'application/json');
  response.end(bodyOf(body, status, at, echoed));
}

function bodyOf(body: Manner['body'], status: number, at: Manner['at'], echoed: string): string {
  switch (body) {
    case 'html':
      return `<html><title>${echoed}</title></html>`;
    case 'broken':
      return `{"error": "${echoed}`;
    case 'item':
      // Every field is valid, but the root must be a folder, so the error message contains its name.
      return JSON.stringify({
        id: 'x',
        name: echoed,
        mimeType: 'application/vnd.google-apps.document',
        createdTime: '2020-01-01T00:00:00Z',
        modifiedTime: '2020-01-01T00:00:00Z',
        trashed: false,
      });
    case 'json':
      return JSON.stringify(
        at === 'token'
          ? { error: echoed, error_description: echoed }
          : {
              error: {
                code: status,
                message: echoed,
                status: echoed,
                errors: [{ reason: echoed, message: echoed }],
              },
            },
      );
  }
}
