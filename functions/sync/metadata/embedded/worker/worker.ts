/**
 * The thread that reads books: a separate file in the bundle, loaded only if embedded metadata is read.
 *
 * Hostile files are parsed here and nowhere else, because a thread can be terminated whatever it is doing: an endless
 * loop, or a kilobyte that decompresses to a gigabyte. It has no network and no secrets, and requests bytes from its
 * parent. It imports only types and plain functions from the sync, no error classes: each bundle has its own copy of
 * a class, so `instanceof` would not match across the two.
 */
import { parentPort } from 'node:worker_threads';
import type { EmbeddedFields } from '../../../core/book.ts';
import type { Format } from '../embedded.ts';
import { readEpub } from './epub.ts';
import { readPdf } from './pdf.ts';
import type { FromReader, ToReader } from './protocol.ts';
import { createRanges, NoMoreBytes } from './ranges.ts';

const port = parentPort;
if (!port) throw new Error('This file must be started as a worker thread.');
const waiting = new Map<number, (bytes: Uint8Array | null) => void>();
let nextId = 0;

port.on('message', (message: ToReader) => {
  if (message.kind === 'book') void readBook(message.format, message.size);
  else {
    waiting.get(message.id)?.(message.bytes);
    waiting.delete(message.id);
  }
});

function send(message: FromReader): void {
  port?.postMessage(message);
}

async function readBook(format: Format, size: number): Promise<void> {
  const ranges = createRanges(size, async (start, end) => {
    const id = nextId++;
    const bytes = new Promise<Uint8Array | null>((resolve) => waiting.set(id, resolve));
    send({ kind: 'need', id, start, end });
    return bytes;
  });
  try {
    const said: EmbeddedFields[] = format === 'pdf' ? await readPdf(ranges) : await readEpub(ranges);
    send({ kind: 'said', said });
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    send({ kind: 'problem', problem: error instanceof NoMoreBytes ? error.message : problem.slice(0, 200) });
  }
}
