/**
 * Measures the cost and the result of reading book content: real files, served by the Drive emulator, read as the
 * sync does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { startDriveEmulator } from '../../functions/drive-emulator/server.ts';
import { readSettings } from '../../functions/sync/core/config.ts';
import { createDeadline } from '../../functions/sync/core/deadline.ts';
import { createLogs } from '../../functions/sync/core/logs.ts';
import { createRetry } from '../../functions/sync/core/retry.ts';
import { createMeter } from '../../functions/sync/core/usage.ts';
import { openDrive } from '../../functions/sync/drive/client.ts';
import { formatOf } from '../../functions/sync/metadata/embedded/embedded.ts';
import { merge } from '../../functions/sync/metadata/embedded/merge.ts';
import { openReader } from '../../functions/sync/metadata/embedded/reader.ts';
import { describeFile } from '../../functions/sync/metadata/file-name/describe-file.ts';
import type { RealBook } from './embedded-books.ts';
import { oauth } from './library.ts';
import { markdown } from './table.ts';

/** The cost and the result of reading one book. */
export interface BookCost {
  name: string;
  /** The file's size, in bytes. */
  size: number;
  requests: number;
  bytes: number;
  title: string;
  author: string | null;
  year: string | null;
  /** Which of these fields come from the content. */
  embedded: string[];
  problem?: string;
}

/** The OAuth client of the Drive emulator, with a scope that allows reading content. */
export const oauthWithContent = { ...oauth, scopes: ['https://www.googleapis.com/auth/drive.readonly'] };

/**
 * Reads each book once, with `EMBEDDED_METADATA=fill`.
 *
 * @param readerFile the built reader, `embedded.mjs`
 * @throws Error if the reader and the Drive emulator count different numbers of requests
 */
export async function measureBooks(books: readonly RealBook[], readerFile: string): Promise<BookCost[]> {
  const drive = new DriveModel();
  const driveEmulator = await startDriveEmulator(drive, { oauth: oauthWithContent });
  const root = drive.addFolder({ name: 'Books', parent: 'root' }).id;
  const settings = readSettings({
    GOOGLE_DRIVE_FOLDER_ID: root,
    FIREBASE_PROJECT_ID: 'bench',
    GOOGLE_CLIENT_ID: oauth.clientId,
    GOOGLE_CLIENT_SECRET: oauth.clientSecret,
    GOOGLE_REFRESH_TOKEN: oauth.refreshToken,
    GOOGLE_API_ROOT: driveEmulator.url,
  });
  const deadline = createDeadline(3_600);
  const logs = createLogs(
    () => {},
    (entry) => entry,
  );
  const retry = createRetry({ logs, deadline });
  const client = openDrive({ settings, meter: createMeter(), retry, deadline });
  const reader = openReader(readerFile);
  const costs: BookCost[] = [];
  let requested = 0;
  try {
    for (const { name, content } of books) {
      const { id } = drive.addFile({ name, parent: root, content });
      const format = formatOf({ name, mimeType: '' });
      if (!format) continue;
      const reading = await reader.read({
        format,
        size: content.length,
        readRange: (start, end) => client.content({ id }, start, end),
      });
      requested += reading.requests;
      const { rule, confidence, problem: _, ...description } = describeFile(name);
      const said = reading.kind === 'read' ? reading.said : [];
      const merged = merge({ fileName: name, description, rule, confidence }, said, 'fill');
      const { title, author, year } = merged.description;
      costs.push({
        name,
        size: content.length,
        requests: reading.requests,
        bytes: reading.bytes,
        title,
        author,
        year,
        embedded: (['title', 'author', 'year'] as const).filter(
          (field) => merged.origin[field] === 'embedded',
        ),
        ...(reading.kind === 'unreadable' ? { problem: reading.problem } : {}),
      });
    }
    // When the reader gives up on a book, some of its requests may still be in flight.
    for (
      let waited = 0;
      driveEmulator.calls.count('files.download') < requested && waited < 5_000;
      waited += 20
    )
      await sleep(20);
    const counted = driveEmulator.calls.count('files.download');
    if (counted !== requested)
      throw new Error(`The reader counted ${requested} requests, but the Drive emulator counted ${counted}`);
  } finally {
    deadline.end();
    await reader.close();
    await driveEmulator.close();
  }
  return costs;
}

/** The table of docs/embedded.md. */
export function booksTable(costs: readonly BookCost[]): string {
  const rows = costs.map(({ name, size, requests, bytes, title, author, year, embedded, problem }) => [
    `\`${name}\``,
    count(size),
    String(requests),
    count(bytes),
    `${((100 * bytes) / size).toFixed(1)} %`,
    plain(title),
    plain(author ?? '-'),
    year ?? '-',
    problem ? `warning: ${plain(problem)}` : embedded.join(', ') || 'nothing',
  ]);
  const sum = (of: (cost: BookCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  const [size, bytes] = [sum((cost) => cost.size), sum((cost) => cost.bytes)];
  const share = `${((100 * bytes) / size).toFixed(1)} %`;
  const total = [
    'all',
    count(size),
    String(sum((cost) => cost.requests)),
    count(bytes),
    share,
    '',
    '',
    '',
    '',
  ];
  const head = ['File', 'Size', 'Requests', 'Bytes', 'Share', 'Title', 'Author', 'Year', 'From the content'];
  return markdown(head, [...rows, total], (column) => column >= 1 && column <= 4);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function plain(text: string): string {
  return text.replace(/[|<>*_`[\]]/gu, (sign) => `\\${sign}`).replace(/\s+/gu, ' ');
}
