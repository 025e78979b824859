/** A run that has ended does not wait for reader threads, whatever they are doing. */
import { afterEach, expect, test } from 'vitest';
import { openReader } from '../../../../functions/sync/metadata/embedded/reader.ts';

const reader = openReader(process.env.TEST_READER_FILE ?? '');
afterEach(() => reader.close());

const reason = new Error('the run is over');

test('an abort signal ends the readings in progress, and queued readings never start', async () => {
  const over = new AbortController();
  let asked = 0;
  const read = () =>
    reader.read({
      format: 'pdf',
      size: 1e6,
      readRange: () => {
        asked += 1;
        // Each of the three threads has requested the first bytes of its book.
        if (asked === 3) setTimeout(() => over.abort(reason), 20);
        return new Promise(() => {});
      },
      signal: over.signal,
    });
  const began = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: 5 }, read));
  expect(ends).toEqual(Array(5).fill({ status: 'rejected', reason }));
  // Well under the reader's own timeout of 20 s, with time to start three threads.
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(asked).toBe(3);
});
