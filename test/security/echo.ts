/** The worst server there can be: whatever it is sent, credentials and all, it says again in every part of its answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How it answers: at the token endpoint, or (after a good token) wherever Drive is asked. */
export interface Manner {
  at: 'token' | 'drive';
  status: number;
  body: 'json' | 'html' | 'item' | 'broken';
}

export interface Echo {
  url: string;
  manner: Manner;
  /** Everything it was sent, so that a test knows that there was something to leak. */
  received: string;
  /** How often it sent back what it was sent; set it to 0 to count anew. */
  echoed: number;
  close(): Promise<void>;
}

/** Starts an echo on a free port. */
export async function startEcho(): Promise<Echo> {
  const server = createServer((request, response) => {
    answer(request, response, echo).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const echo: Echo = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

async function answer(request: IncomingMessage, response: ServerResponse, echo: Echo): Promise<void> {
  const sent = `${request.url} ${JSON.stringify(request.headers)} ${await text(request)}`;
  echo.received += sent;
  const { at, status, body } = echo.manner;
  if (request.url?.startsWith('/token') && at === 'drive') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'ya29.canary', expires_in: 3600, token_type: 'Bearer' }));
    return;
  }
  // A decoded copy too, for the form that a server would show is not the one it was sent.
  const said = `${sent} ${decodeURIComponent(sent.replaceAll('+', ' ').replaceAll(/%(?![0-9A-F]{2})/gi, ''))}`;
  echo.echoed += 1;
  response.statusCode = status;
  response.setHeader('x-debug', encodeURIComponent(sent));
  response.setHeader('content-type', body === 'html' ? 'text/html' : 'application/json');
  response.end(bodyOf(body, status, at, said));
}

function bodyOf(body: Manner['body'], status: number, at: Manner['at'], said: string): string {
  switch (body) {
    case 'html':
      return `<html><title>${said}</title></html>`;
    case 'broken':
      return `{"error": "${said}`;
    case 'item':
      // Right in every field, but the root must be a folder: its name then stands in the message.
      return JSON.stringify({
        id: 'x',
        name: said,
        mimeType: 'application/vnd.google-apps.document',
        createdTime: '2020-01-01T00:00:00Z',
        modifiedTime: '2020-01-01T00:00:00Z',
        trashed: false,
      });
    case 'json':
      return JSON.stringify(
        at === 'token'
          ? { error: said, error_description: said }
          : {
              error: { code: status, message: said, status: said, errors: [{ reason: said, message: said }] },
            },
      );
  }
}
