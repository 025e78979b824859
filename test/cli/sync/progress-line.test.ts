/** Tests the progress line on a stream that claims to be a terminal. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createDescription, createProgressLine } from '../../../functions/cli/sync/progress-line.ts';
import type { ProgressStep } from '../../../functions/sync/core/progress.ts';

const writing = (done: number, total = 1_000): ProgressStep => ({ step: 'writing', done, total });

test.each<[string, [number, ProgressStep][], string]>([
  ['shows no rate at first', [[0, writing(1)]], 'Writing: 1 of 1000'],
  [
    'shows the rate and the remaining time',
    [
      [0, writing(0)],
      [2_000, writing(200)],
    ],
    'Writing: 200 of 1000, 100/s, 8 s left',
  ],
  [
    'shows a slow rate with one decimal',
    [
      [0, writing(0)],
      [10_000, writing(5)],
    ],
    'Writing: 5 of 1000, 0.5/s, 33 min left',
  ],
  [
    'shows the remaining time in hours',
    [
      [0, writing(0)],
      [10_000, writing(1, 2_000)],
    ],
    'Writing: 1 of 2000, 0.1/s, 5.6 h left',
  ],
  [
    'shows no remaining time at the end',
    [
      [0, writing(0)],
      [2_000, writing(1_000)],
    ],
    'Writing: 1000 of 1000, 500/s',
  ],
  [
    'computes the rate of a stage from its own beginning',
    [
      [0, { step: 'listing', folders: 3, files: 900 }],
      [9_000, writing(0)],
      [11_000, writing(20)],
    ],
    'Writing: 20 of 1000, 10/s, 2 min left',
  ],
  [
    'describes the listing of the library',
    [
      [0, { step: 'listing', folders: 0, files: 0 }],
      [2_000, { step: 'listing', folders: 7, files: 900 }],
    ],
    'Listing the library: 7 folders, 900 books found, 450/s',
  ],
  [
    'describes the comparison with the catalog',
    [[0, { step: 'comparing', documents: 1_024 }]],
    'Comparing the catalog: 1024 documents',
  ],
  [
    'restarts the rate with the next batch of books',
    [
      [0, { step: 'contents', done: 1, total: 2 }],
      [2_000, { step: 'contents', done: 2, total: 2 }],
      [2_500, { step: 'contents', done: 1, total: 400 }],
    ],
    'Reading the books: 1 of the next 400',
  ],
])('%s', (_, steps, expected) => {
  let now = 0;
  const describe = createDescription(() => now);
  let text = '';
  for (const [at, step] of steps) {
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

test('draws the line on a terminal, and redraws it after other output', () => {
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
  ['is not a terminal', false, true, 80],
  ['should not show the line', true, false, 80],
  ['is a terminal without a width', true, true, 0],
])('draws nothing and prints other output if the stream %s', (_, isTTY, isShown, columns) => {
  const { line, printed, written } = open(isTTY, isShown, columns);
  line.onProgress(writing(3));
  line.print('Added new book: Emma');
  line.stop();
  expect([written(), printed]).toEqual(['', ['Added new book: Emma']]);
});
