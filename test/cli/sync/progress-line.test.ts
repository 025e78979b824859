/** The line on the terminal; the terminal is a stream that says it is one. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createDescription, createProgressLine } from '../../../functions/cli/sync/progress-line.ts';
import type { ProgressStep } from '../../../functions/sync/core/progress.ts';

const writing = (done: number, total = 1_000): ProgressStep => ({ step: 'writing', done, total });

test.each<[string, [number, ProgressStep][], string]>([
  ['no rate before there is one', [[0, writing(1)]], 'Writing: 1 of 1000'],
  [
    'rate and time left',
    [
      [0, writing(0)],
      [2_000, writing(200)],
    ],
    'Writing: 200 of 1000, 100/s, 8 s left',
  ],
  [
    'a slow rate',
    [
      [0, writing(0)],
      [10_000, writing(5)],
    ],
    'Writing: 5 of 1000, 0.5/s, 33 min left',
  ],
  [
    'hours',
    [
      [0, writing(0)],
      [10_000, writing(1, 2_000)],
    ],
    'Writing: 1 of 2000, 0.1/s, 5.6 h left',
  ],
  [
    'the end',
    [
      [0, writing(0)],
      [2_000, writing(1_000)],
    ],
    'Writing: 1000 of 1000, 500/s',
  ],
  [
    'a stage counts from its own beginning',
    [
      [0, { step: 'listing', folders: 3, files: 900 }],
      [9_000, writing(0)],
      [11_000, writing(20)],
    ],
    'Writing: 20 of 1000, 10/s, 2 min left',
  ],
  [
    'listing',
    [
      [0, { step: 'listing', folders: 0, files: 0 }],
      [2_000, { step: 'listing', folders: 7, files: 900 }],
    ],
    'Listing the library: 7 folders, 900 books found, 450/s',
  ],
  ['comparing', [[0, { step: 'comparing', documents: 1_024 }]], 'Comparing the catalog: 1024 documents'],
  [
    'the next batch of books begins anew',
    [
      [0, { step: 'contents', done: 1, total: 2 }],
      [2_000, { step: 'contents', done: 2, total: 2 }],
      [2_500, { step: 'contents', done: 1, total: 400 }],
    ],
    'Reading the books: 1 of the next 400',
  ],
])('%s', (_, told, expected) => {
  let now = 0;
  const describe = createDescription(() => now);
  let text = '';
  for (const [at, step] of told) {
    now = at;
    text = describe(step);
  }
  expect(text).toBe(expected);
});

function open(isTTY: boolean, isShown: boolean, columns = 80) {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  let written = '';
  stream.on('data', (chunk) => {
    written += chunk;
  });
  const printed: string[] = [];
  const line = createProgressLine({ stream, isShown, print: (text) => printed.push(text) });
  return { line, printed, written: () => stripVTControlCharacters(written) };
}

test('on a terminal it is drawn, and again after something else was printed; it ends', () => {
  const { line, printed, written } = open(true, true);
  line.onProgress(writing(3));
  expect(written()).toContain('Writing: 3 of 1000');
  const before = written().length;
  line.print('Added new book: Emma');
  expect(printed).toEqual(['Added new book: Emma']);
  expect(written().slice(before)).toContain('Writing: 3 of 1000');
  line.stop();
});

test.each([
  ['no terminal', false, true, 80],
  ['not wanted', true, false, 80],
  ['a terminal without width', true, true, 0],
])('%s: nothing is drawn, and the rest is printed', (_, isTTY, isShown, columns) => {
  const { line, printed, written } = open(isTTY, isShown, columns);
  line.onProgress(writing(3));
  line.print('Added new book: Emma');
  line.stop();
  expect([written(), printed]).toEqual(['', ['Added new book: Emma']]);
});
