/** Tests that the mutants fit the current sources. `npm run test:mutants` plays histories against them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyEdits } from './apply-edits.ts';
import { mutants } from './mutants.ts';
import { parseOutput } from './trial.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('a mutant', () => {
  test.each(mutants)('that $name fits the current sources', (mutant) => {
    for (const [file, source] of applyEdits(mutant, read)) expect(source).not.toBe(read(file));
  });

  test.each([
    ['0', 'three'],
    ['2', 'one'],
  ])('is rejected if its original text occurs %s times in the file', (times, original) => {
    const mutant = { name: 'fails', edits: [{ file: 'a.ts', original, replacement: 'two' }] };
    expect(() => applyEdits(mutant, () => 'one one')).toThrow(
      `Mutant "fails" does not fit a.ts: expected its original text once, found it ${times} times`,
    );
  });

  test('can change one file in several places', () => {
    const edits = ['one', 'two'].map((original) => ({
      file: 'a.ts',
      original,
      replacement: `no ${original}`,
    }));
    const sources = applyEdits({ name: 'fails', edits }, () => 'one two');
    expect(sources).toEqual(new Map([['a.ts', 'no one no two']]));
  });
});

describe('a trial', () => {
  const failed = (divergence: string) =>
    `50 histories, 9 s\nThe catalog diverged from the model (61 histories passed before; shrunk 0 times).\n  0  run\nDivergences:\n  - ${divergence}\nReplay: ...`;

  test.each([
    ['a divergence', 'caught', 62, failed('a book is missing')],
    ['no divergence', 'SURVIVED', 300, 'No divergence in 300 histories (99 s).'],
    [
      'a crash of the mutant',
      'INVALID',
      0,
      failed('the run threw an error that is not a SyncError: TypeError: x is not a function'),
    ],
    ['a syntax error', 'INVALID', 0, 'SyntaxError: Unexpected token'],
    ['no output', 'INVALID', 0, ''],
  ])('with %s is %s', (_output, verdict, histories, output) => {
    expect(parseOutput(output)).toMatchObject({ verdict, histories });
  });
});
