/** Measures the memory of the deployed function while it reads the content of books. */
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { environments } from '../../infra/settings/environments.ts';
import { oauthWithContent } from './embedded.ts';
import type { RealBook } from './embedded-books.ts';
import { openFirestore } from './firestore.ts';
import { type Cost, measure } from './measure.ts';
import type { Programs } from './programs.ts';
import { markdown } from './table.ts';

export interface MemoryResult {
  mode: 'off' | 'fill';
  books: number;
  /** The size of the library, in bytes. */
  size: number;
  cost: Cost;
}

/**
 * Imports a library of `count` books, made by repeating the given books, with and without reading their content. The
 * bundle runs in its own process, with the heap limit that Node chooses for 1 GiB of memory.
 */
export async function measureMemory(
  books: readonly RealBook[],
  count: number,
  programs: Programs,
): Promise<MemoryResult[]> {
  const drive = new DriveModel();
  const root = drive.addFolder({ name: 'Books', parent: 'root' }).id;
  let size = 0;
  for (let at = 0; at < count; at += 1) {
    const { name, content } = books[at % books.length] as RealBook;
    size += content.length;
    drive.addFile({ name: `${at} ${name}`, parent: root, content, md5: at.toString(16).padStart(32, '0') });
  }
  const driveEmulator = await startDriveEmulator(drive, { oauth: oauthWithContent });
  const firestore = await openFirestore('emulator', programs.indexedFirestore);
  const results: MemoryResult[] = [];
  try {
    for (const mode of ['off', 'fill'] as const) {
      driveEmulator.calls.reset();
      const cost = await measure({
        script: programs.measured,
        program: programs.ours,
        library: {
          root,
          url: driveEmulator.url,
          async takeCalls() {
            const taken = { calls: driveEmulator.calls.total, units: driveEmulator.calls.quotaUnits };
            driveEmulator.calls.reset();
            return taken;
          },
        },
        firestoreHost: firestore.host,
        projectId: `bench-${mode}`,
        environment: { EMBEDDED_METADATA: mode, RUN_SECONDS: '3600' },
        heapMb: 512,
      });
      results.push({ mode, books: count, size, cost });
    }
  } finally {
    await firestore.stop();
    await driveEmulator.close();
  }
  return results;
}

/** The table of docs/embedded.md. */
export function memoryTable(results: readonly MemoryResult[]): string {
  const rows = results.map(({ mode, books, size, cost }) => [
    `\`${mode}\``,
    String(books),
    `${Math.round(size / 1e6).toLocaleString('en')} MB`,
    cost.driveCalls.toLocaleString('en'),
    `${Math.round(cost.peakMb)} MB`,
    environments.prod.memory,
  ]);
  const head = ['`EMBEDDED_METADATA`', 'Books', 'Library', 'Drive calls', 'Peak RSS', 'Memory in prod'];
  return markdown(head, rows, (column) => column >= 1);
}
