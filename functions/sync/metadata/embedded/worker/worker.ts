/**
 * The thread that reads books: its own file in the bundle, loaded only where embedded metadata is read.
 *
 * What parses hostile files runs here and nowhere else, because a thread can be ended whatever it does: an endless
 * loop, a gigabyte out of a kilobyte. It has no network and no secrets; it asks its parent for bytes. It imports
 * nothing of the sync but types and plain functions: the errors' classes are other ones in another bundle.
 */
import { parentPort } from 'node:worker_threads';
import type { EmbeddedFields } from '../../../core/book.ts';
import type { Format } from '../embedded.ts';
import { readEpub } from './epub.ts';
import { readPdf } from './pdf.ts';
import type { FromReader, ToReader } from './protocol.ts';
import { createRanges, NoMoreBytes } from './ranges.ts';

const port = parentPort;
if (!port) throw new Error('this file is a thread, not a program');
const waiting = new Map<number, (bytes: Uint8Array | null) => void>();
let asked = 0;

port.on('message', (message: ToReader) => {
  if (message.kind === 'book') void answer(message.format, message.size);
  else {
    waiting.get(message.id)?.(message.bytes);
    waiting.delete(message.id);
  }
});

function say(message: FromReader): void {
  port?.postMessage(message);
}

async function answer(format: Format, size: number): Promise<void> {
  const ranges = createRanges(size, async (start, end) => {
    const id = asked++;
    const bytes = new Promise<Uint8Array | null>((resolve) => waiting.set(id, resolve));
    say({ kind: 'need', id, start, end });
    return bytes;
  });
  try {
    const said: EmbeddedFields[] = format === 'pdf' ? await readPdf(ranges) : await readEpub(ranges);
    say({ kind: 'said', said });
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    say({ kind: 'problem', problem: error instanceof NoMoreBytes ? error.message : problem.slice(0, 200) });
  }
}
