import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Answer } from './answer.ts';
import type { Calls } from './calls.ts';

/** Sends a response and counts its bytes. `halfOnly` cuts the connection after half of the body. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  calls: Calls,
  halfOnly = false,
): Promise<void> {
  const length = Number(answer.headers['content-length']);
  const limit = halfOnly ? Math.floor(length / 2) : length;
  response.writeHead(answer.status, answer.headers);
  if (!halfOnly && answer.body instanceof Uint8Array) {
    calls.bytesSent += length;
    response.end(answer.body);
    return;
  }
  let sent = 0;
  for await (const chunk of toChunks(answer.body)) {
    const part = chunk.subarray(0, limit - sent);
    sent += part.byteLength;
    calls.bytesSent += part.byteLength;
    await write(response, part);
    if (response.destroyed || (halfOnly && sent >= limit)) break;
  }
  if (halfOnly) response.destroy();
  else response.end();
}

function toChunks(body: Uint8Array | Readable): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return body instanceof Readable ? body : [body];
}

/**
 * Resolves once the bytes are sent or the client has disconnected. Cutting the connection earlier would lose them.
 */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(bytes, () => {
      response.removeListener('close', resolve);
      resolve();
    });
  });
}
