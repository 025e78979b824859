/** Ranges of a file: the right bytes in any order, in few requests, and hardly any byte fetched twice. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRanges, NoMoreBytes } from '../../../../functions/sync/metadata/embedded/worker/ranges.ts';

/** A file whose bytes show their position. */
function fileOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at ^ (at >> 8) ^ (at >> 16)) & 0xff);
}

function watched(file: Uint8Array, least = 0) {
  const fetched: [start: number, end: number][] = [];
  const ranges = createRanges(file.length, async (start, end) => {
    if (end - start > least && least > 0) return null;
    fetched.push([start, end]);
    return file.slice(start, end);
  });
  return { ranges, fetched };
}

test('returns the requested bytes, and fetches none twice at the edges of a request', async () => {
  const size = fc.integer({ min: 1, max: 400_000 });
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(size, fc.array(fc.tuple(place, place), { maxLength: 8 }), async (length, places) => {
      const file = fileOf(length);
      const { ranges, fetched } = watched(file);
      const asked = places.map(([at, until]) => {
        const start = Math.floor(at * length);
        return [start, Math.min(length, start + Math.floor(until * 40_000))] as const;
      });
      const got = await Promise.all(asked.map(([start, end]) => ranges.read(start, end)));
      for (const [index, [start, end]] of asked.entries())
        expect(Buffer.compare(got[index] as Uint8Array, file.slice(start, end))).toBe(0);
      // A request may contain an earlier one, which is then fetched again, but never overlaps only a part of it.
      const inOrder = fetched.map(([start, end]) => ({ start, end }));
      for (const [index, piece] of inOrder.entries()) {
        for (const before of inOrder.slice(0, index)) {
          const overlaps = piece.start < before.end && before.start < piece.end;
          const holds = piece.start <= before.start && before.end <= piece.end;
          expect(overlaps && !holds).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.each<[string, number, [number, number][], [number, number][]]>([
  [
    'does not fetch the same bytes again',
    1e6,
    [
      [0, 100],
      [50, 32_768],
    ],
    [[0, 32_768]],
  ],
  [
    'fetches the end of the file in one request',
    1e6,
    [
      [0, 10],
      [990_000, 1e6],
    ],
    [
      [0, 32_768],
      [934_464, 1e6],
    ],
  ],
  [
    'fetches more when a read continues after fetched bytes',
    1e6,
    [
      [0, 10],
      [32_768, 40_000],
    ],
    [
      [0, 32_768],
      [32_768, 98_304],
    ],
  ],
  [
    'fetches more when a read goes back from fetched bytes',
    1e6,
    [
      [500_000, 500_010],
      [490_000, 500_000],
    ],
    [
      [500_000, 532_768],
      [434_464, 500_000],
    ],
  ],
  [
    'fetches everything up to the next piece if that is close',
    1e6,
    [
      [0, 10],
      [100_000, 100_010],
      [40_000, 40_010],
    ],
    [
      [0, 32_768],
      [100_000, 132_768],
      [40_000, 100_000],
    ],
  ],
])('%s', async (_, size, asked, expected) => {
  const { ranges, fetched } = watched(fileOf(size));
  for (const [start, end] of asked) await ranges.read(start, end);
  expect(fetched).toEqual(expected);
});

test('combines simultaneous reads of neighboring bytes into one request', async () => {
  const { ranges, fetched } = watched(fileOf(1e6));
  await Promise.all([ranges.read(0, 1_000), ranges.read(1_000, 2_000), ranges.read(30_000, 32_000)]);
  expect(fetched).toHaveLength(1);
});

test('requests only the bytes that are needed if the limits do not allow more', async () => {
  const { ranges, fetched } = watched(fileOf(1e6), 5_000);
  await ranges.read(10, 5_000);
  expect(fetched).toEqual([[10, 5_000]]);
  await expect(ranges.read(10_000, 20_000)).rejects.toThrow(NoMoreBytes);
});

test.each([
  [-1, 5],
  [0, 101],
  [50, 40],
])('rejects a read from %i to %i of 100 bytes', async (start, end) => {
  const { ranges, fetched } = watched(fileOf(100));
  await expect(ranges.read(start, end)).rejects.toThrow('outside');
  expect(fetched).toEqual([]);
});
