/** Whether the mutants still fit the sources, and how a trial is judged; `npm run test:mutants` tries them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyEdits } from './apply-edits.ts';
import { mutants } from './mutants.ts';
import { judgeOutput } from './trial.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('a mutant', () => {
  test.each(mutants)('that $name fits the sources', (mutant) => {
    for (const [file, source] of applyEdits(mutant, read)) expect(source).not.toBe(read(file));
  });

  test.each([
    ['0', 'three'],
    ['2', 'one'],
  ])('is refused where its rule stands %s times, with the file named', (times, rule) => {
    const mutant = { name: 'errs', edits: [{ file: 'a.ts', rule, broken: 'two' }] };
    expect(() => applyEdits(mutant, () => 'one one')).toThrow(
      `"errs": the rule stands ${times} times in a.ts`,
    );
  });

  test('may change one file in several places', () => {
    const edits = ['one', 'two'].map((rule) => ({ file: 'a.ts', rule, broken: `no ${rule}` }));
    const sources = applyEdits({ name: 'errs', edits }, () => 'one two');
    expect(sources).toEqual(new Map([['a.ts', 'no one no two']]));
  });
});

describe('a trial', () => {
  const wrong = (what: string) =>
    `50 histories, 9 s\nThe catalog went wrong (61 histories were right before; 0 shortenings).\n  0  run\nWRONG:\n  - ${what}\nAgain: ...`;

  test.each([
    ['caught', 62, wrong('a book is missing')],
    ['SURVIVED', 300, 'No divergence in 300 histories (99 s).'],
    ['INVALID', 0, wrong('the run threw what is no SyncError: TypeError: x is not a function')],
    ['INVALID', 0, 'SyntaxError: Unexpected token'],
    ['INVALID', 0, ''],
  ])('is %s (%i histories)', (verdict, histories, output) => {
    expect(judgeOutput(output)).toMatchObject({ verdict, histories });
  });
});
