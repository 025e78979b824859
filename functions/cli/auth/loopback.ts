/** The local server that Google redirects the browser to. It accepts one response. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { page } from './page.ts';

/** What the person decided. `show` displays the result in the browser. */
export type Answer = ({ kind: 'granted'; code: string } | { kind: 'denied'; error: string }) & {
  show: (title: string, text: string) => Promise<void>;
};

export interface Loopback {
  /** `http://127.0.0.1:PORT`, where Google redirects the browser to. */
  redirectUri: string;
  /** The first response with the right state. */
  answer: Promise<Answer>;
  close(): Promise<void>;
}

/**
 * Starts the server on a free port that only this machine can reach.
 *
 * @param state the secret that identifies the response to this attempt, because anybody can send a browser here
 * @param onStranger called for each response with another state, which is otherwise ignored
 */
export async function openLoopback(state: string, onStranger: () => void): Promise<Loopback> {
  let settle: (answer: Answer) => void = () => {};
  const answer = new Promise<Answer>((resolve) => {
    settle = resolve;
  });
  let isAnswered = false;

  function serve(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const show = (status: number, title: string, text: string) => send(response, status, title, text);
    // Not every path that a client can send makes a valid URL: `//` does not.
    const [path, base] = [request.url ?? '/', 'http://127.0.0.1'];
    const url = URL.canParse(path, base) ? new URL(path, base) : undefined;
    if (request.method !== 'GET' || url?.pathname !== '/')
      return show(404, 'Not found', 'There is nothing here.');
    if (!isSame(url.searchParams.get('state') ?? '', state)) {
      onStranger();
      return show(
        400,
        'Unexpected response',
        'It does not belong to the current attempt. Open the URL shown in the terminal.',
      );
    }
    const code = url.searchParams.get('code');
    if (isAnswered)
      return show(
        400,
        'Already received',
        'The response has already been received. You can close this page.',
      );
    isAnswered = true;
    const showResult = (title: string, text: string) => show(200, title, text);
    const error = url.searchParams.get('error') ?? 'no code';
    settle(code ? { kind: 'granted', code, show: showResult } : { kind: 'denied', error, show: showResult });
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Resolves once the page is sent or the browser has disconnected, because the server is closed right after. */
function send(response: ServerResponse, status: number, title: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      // The URL contains the code, which must not reach the next site as the referrer.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      connection: 'close',
    });
    response.end(page(title, text), () => resolve());
  });
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
