/** A run that is over waits for no thread, whatever that is doing. */
import { afterEach, expect, test } from 'vitest';
import { openReader } from '../../../../functions/sync/metadata/embedded/reader.ts';

const reader = openReader(process.env.TEST_READER_FILE ?? '');
afterEach(() => reader.close());

const reason = new Error('the run is over');

test('a reading ends with its signal, and one that waits in the queue never begins', async () => {
  const over = new AbortController();
  let asked = 0;
  const read = () =>
    reader.read({
      format: 'pdf',
      size: 1e6,
      readRange: () => {
        asked += 1;
        // Three threads, and each has asked for the first bytes of its book.
        if (asked === 3) setTimeout(() => over.abort(reason), 20);
        return new Promise(() => {});
      },
      signal: over.signal,
    });
  const began = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: 5 }, read));
  expect(ends).toEqual(Array(5).fill({ status: 'rejected', reason }));
  // The reader's own patience is 20 s; the rest is what it takes to start three threads.
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(asked).toBe(3);
});
