import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../functions/drive-emulator/server.ts';

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 31) % 251));
const drive = new DriveModel();
let driveEmulator: DriveEmulator;
let directory: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'download-'));
  const file = path.join(directory, 'x.pdf');
  writeFileSync(file, bytes);
  ids.memory = drive.addFile({ name: 'memory', parent: 'root', content: bytes }).id;
  ids.disk = drive.addFile({ name: 'disk', parent: 'root', content: { path: file }, size: bytes.length }).id;
  ids.synthetic = drive.addFile({ name: 'synthetic', parent: 'root', size: bytes.length }).id;
  ids.gone = drive.addFile({ name: 'gone', parent: 'root', content: { path: `${file}x` } }).id;
  ids.empty = drive.addFile({ name: 'empty', parent: 'root', content: '' }).id;
  driveEmulator = await startDriveEmulator(drive);
});

afterAll(async () => {
  await driveEmulator.close();
  rmSync(directory, { recursive: true });
});

async function download(
  id: string,
  range?: string,
): Promise<{ status: number; range: string | null; body: Buffer }> {
  const response = await fetch(`${driveEmulator.url}/drive/v3/files/${id}?alt=media`, {
    headers: {
      authorization: `Bearer ${driveEmulator.issueToken()}`,
      ...(range === undefined ? {} : { range }),
    },
  });
  const body = Buffer.from(await response.arrayBuffer());
  expect(Number(response.headers.get('content-length'))).toBe(body.length);
  return { status: response.status, range: response.headers.get('content-range'), body };
}

test.each(['memory', 'disk', 'synthetic'])(
  'a download of any range of a file (%s) returns that part of the file',
  async (kind) => {
    const id = ids[kind] as string;
    const whole = await download(id);
    expect(whole.status).toBe(200);
    if (kind !== 'synthetic') expect(whole.body.equals(bytes)).toBe(true);
    expect(whole.body).toHaveLength(bytes.length);
    const position = fc.integer({ min: 0, max: bytes.length + 10 });
    await fc.assert(
      fc.asyncProperty(
        position,
        position,
        fc.constantFrom('first-last', 'first-', '-suffix'),
        async (a, b, form) => {
          const [first, last] = a <= b ? [a, b] : [b, a];
          const [range, start, end] =
            form === 'first-last'
              ? [`bytes=${first}-${last}`, first, Math.min(last + 1, bytes.length)]
              : form === 'first-'
                ? [`bytes=${first}-`, first, bytes.length]
                : [`bytes=-${first}`, Math.max(0, bytes.length - first), bytes.length];
          const part = await download(id, range);
          if (start >= bytes.length) {
            expect([part.status, part.range]).toEqual([416, `bytes */${bytes.length}`]);
          } else {
            expect([part.status, part.range]).toEqual([206, `bytes ${start}-${end - 1}/${bytes.length}`]);
            expect(part.body.equals(whole.body.subarray(start, end))).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  },
);

test('generated content differs between files', async () => {
  const other = drive.addFile({ name: 'other', parent: 'root', size: 100 });
  const body = (await download(other.id)).body;
  expect(body.equals((await download(ids.synthetic as string)).body.subarray(0, 100))).toBe(false);
});

test.each(['bytes=5-2', 'bytes=-', 'bytes=1-2,5-6', 'items=0-1', 'bytes=a-b'])(
  'ignores the range %s and returns the whole file',
  async (range) => {
    const { status, body } = await download(ids.memory as string, range);
    expect(status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
  },
);

test('an empty file has an empty body and no satisfiable range', async () => {
  expect(await download(ids.empty as string)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  expect(await download(ids.empty as string, 'bytes=0-')).toMatchObject({ status: 416, range: 'bytes */0' });
});

test.each<[string, () => string, number, string]>([
  ['a folder', () => drive.addFolder({ name: 'd', parent: 'root' }).id, 403, 'fileNotDownloadable'],
  [
    'a shortcut',
    () => drive.addShortcut({ name: 's', parent: 'root', target: ids.memory as string }).id,
    403,
    'fileNotDownloadable',
  ],
  ['a file deleted from the disk', () => ids.gone as string, 404, 'notFound'],
  ['an unknown file', () => 'nonsense', 404, 'notFound'],
])('%s cannot be downloaded', async (_name, idOf, status, reason) => {
  const answer = await download(idOf());
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body.toString()).error.errors[0].reason).toBe(reason);
});
