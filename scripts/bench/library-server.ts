/**
 * The library of a benchmark: a Drive emulator with synthetic books, and a second port to count its calls and change
 * books. It runs in its own process, so that its memory and time are not part of any measurement.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { fillLibrary } from '../../functions/drive-emulator/model/synthetic.ts';
import { startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import type { LibraryCalls, LibraryFacts, LibraryOrder } from './library.ts';

/** Starts the library and writes its addresses to standard output, as one line of JSON. */
async function serve({ books, folders, port, oauth }: LibraryOrder): Promise<void> {
  const drive = new DriveModel();
  const root = drive.addFolder({ name: 'Books', parent: 'root' }).id;
  fillLibrary(drive, root, { books, folders });
  const files = [...drive.items()].filter((item) => item.isBinary).map((item) => item.id);
  const driveEmulator = await startDriveEmulator(drive, { oauth });
  let turn = 0;

  const control = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://library');
    if (url.pathname === '/change') {
      turn += 1;
      changeBooks(drive, files, Number(url.searchParams.get('books')), turn);
    }
    const calls: LibraryCalls = { calls: driveEmulator.calls.total, units: driveEmulator.calls.quotaUnits };
    if (url.pathname === '/take') driveEmulator.calls.reset();
    response.setHeader('content-type', 'application/json').end(JSON.stringify(calls));
  });
  control.listen(port, '127.0.0.1', () => {
    const { port: listening } = control.address() as AddressInfo;
    const facts: LibraryFacts = { root, url: driveEmulator.url, control: `http://127.0.0.1:${listening}` };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
  });
}

/**
 * Changes `books` books, spread over the library. Every second one gets new content, and the others get a new name
 * (and, as in Drive, keep their modification time). Each change adds one entry to the changes feed.
 */
function changeBooks(drive: DriveModel, files: readonly string[], books: number, turn: number): void {
  for (let n = 0; n < books; n++) {
    const id = files[Math.floor((n * files.length) / books)] ?? '';
    if (n % 2 === 0) drive.edit(id);
    else drive.rename(id, `Revised Edition ${turn} ${n} - A. Writer (2001).pdf`);
  }
}

await serve(JSON.parse(process.argv[2] ?? '') as LibraryOrder);
