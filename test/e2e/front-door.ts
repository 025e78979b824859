/**
 * A proxy between the push subscription and the function, like the platform's: its address stays the same when the
 * function's process is replaced, and it records every delivery and the function's response.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from '../support/listen.ts';

/** A delivery of a message and the status of the function's response; 0 if there was no response. */
export interface Delivery {
  messageId: string;
  attributes: Record<string, string>;
  status: number;
}

export interface FrontDoor {
  url: string;
  deliveries: Delivery[];
  /** The function's current URL. Undefined: every delivery gets a 503, so that Pub/Sub redelivers the message. */
  function: string | undefined;
  /** How many copies of each message to deliver at once; Pub/Sub delivers "at least once". */
  copies: number;
  /** Waits until the function has responded to this many deliveries. */
  answered(count: number): Promise<Delivery[]>;
  close(): Promise<void>;
}

/** Starts the proxy on a free port, without a function behind it. */
export async function openFrontDoor(): Promise<FrontDoor> {
  const server = createServer(async (request, response) => {
    const statuses = await deliver(request, door);
    // Acknowledge the message if any copy succeeded. This is the strictest choice: no redelivery can repair a failed
    // copy.
    response.statusCode = statuses.find((status) => status >= 200 && status < 300) ?? 503;
    response.end();
  });
  const port = await listenOnFreePort(server);
  const door: FrontDoor = {
    url: `http://127.0.0.1:${port}/`,
    deliveries: [],
    function: undefined,
    copies: 1,
    async answered(count) {
      for (let waited = 0; waited < 60_000; waited += 20) {
        if (door.deliveries.length >= count) return door.deliveries;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(
        `Timed out: the function responded to ${door.deliveries.length} of ${count} deliveries`,
      );
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return door;
}

async function deliver(request: IncomingMessage, door: FrontDoor): Promise<number[]> {
  const body = await text(request);
  const { message } = JSON.parse(body) as {
    message: { messageId: string; attributes?: Record<string, string> };
  };
  const to = door.function;
  if (to === undefined) return [];
  const statuses = await Promise.all(
    Array.from({ length: door.copies }, () => pass(`${to}${(request.url ?? '/').slice(1)}`, body)),
  );
  for (const status of statuses)
    door.deliveries.push({ messageId: message.messageId, attributes: message.attributes ?? {}, status });
  return statuses;
}

async function pass(url: string, body: string): Promise<number> {
  try {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body })).status;
  } catch {
    return 0;
  }
}
