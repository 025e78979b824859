/**
 * Stands between the subscription and the function, as the platform does: one address that outlives the function's
 * processes, and sees what is delivered and how it is answered.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One delivery of a message, and how the function answered it; 0 where no answer came. */
export interface Delivery {
  messageId: string;
  attributes: Record<string, string>;
  status: number;
}

export interface FrontDoor {
  url: string;
  deliveries: Delivery[];
  /** Where the function is now; without it every delivery is answered with 503, and so comes again. */
  function: string | undefined;
  /** Deliver each message so many times at once, as Pub/Sub may ("at least once"). */
  copies: number;
  /** Waits until so many deliveries have been answered. */
  answered(count: number): Promise<Delivery[]>;
  close(): Promise<void>;
}

/** Opens a front door on a free port, with nothing behind it. */
export async function openFrontDoor(): Promise<FrontDoor> {
  const server = createServer(async (request, response) => {
    const statuses = await deliver(request, door);
    // Acknowledged where any copy was: this is the harshest reading, for no second try may then repair the first.
    response.statusCode = statuses.find((status) => status >= 200 && status < 300) ?? 503;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: FrontDoor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    deliveries: [],
    function: undefined,
    copies: 1,
    async answered(count) {
      for (let waited = 0; waited < 60_000; waited += 20) {
        if (door.deliveries.length >= count) return door.deliveries;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`${door.deliveries.length} of ${count} deliveries were answered`);
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
