/** Where Google sends the browser back to: a server on this machine, up for one answer. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { page } from './page.ts';

/** What the person decided. `show` tells them in the browser what came of it. */
export type Answer = ({ kind: 'granted'; code: string } | { kind: 'denied'; error: string }) & {
  show: (title: string, text: string) => Promise<void>;
};

export interface Loopback {
  /** `http://127.0.0.1:PORT`, for Google to send the browser to. */
  redirectUri: string;
  /** The first answer with the right state. */
  answer: Promise<Answer>;
  close(): Promise<void>;
}

/**
 * Opens the server at a free port that nobody but this machine reaches.
 *
 * @param state the secret that makes an answer ours: others may send a browser here as well
 * @param onStranger is told of each answer with another state, which changes nothing
 */
export async function openLoopback(state: string, onStranger: () => void): Promise<Loopback> {
  let settle: (answer: Answer) => void = () => {};
  const answer = new Promise<Answer>((resolve) => {
    settle = resolve;
  });
  let isAnswered = false;

  function serve(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const show = (status: number, title: string, text: string) => send(response, status, title, text);
    // Not all that a client may ask for makes an address: `//` does not.
    const [path, base] = [request.url ?? '/', 'http://127.0.0.1'];
    const url = URL.canParse(path, base) ? new URL(path, base) : undefined;
    if (request.method !== 'GET' || url?.pathname !== '/')
      return show(404, 'Not found', 'There is nothing here.');
    if (!isSame(url.searchParams.get('state') ?? '', state)) {
      onStranger();
      return show(
        400,
        'This answer was not asked for',
        'It does not belong to the attempt that is under way in the terminal. Open the address shown there.',
      );
    }
    const code = url.searchParams.get('code');
    if (isAnswered)
      return show(400, 'Already answered', 'The terminal has its answer. This page can be closed.');
    isAnswered = true;
    const told = (title: string, text: string) => show(200, title, text);
    const error = url.searchParams.get('error') ?? 'no code';
    settle(code ? { kind: 'granted', code, show: told } : { kind: 'denied', error, show: told });
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

/** Resolves once the page is on its way, or the browser is gone: the server is closed right after. */
function send(response: ServerResponse, status: number, title: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      // The address holds the code: it must not go along to wherever the person clicks next.
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
