/** Scores on real and made-up names. The floors are the current scores, so that no change loses a row unnoticed. */
import { expect, it } from 'vitest';
import { scoreCorpus } from './scoring.ts';

const now = new Date('2026-06-01T00:00:00Z');

it('reads the real names of corpus.tsv', () => {
  const score = scoreCorpus(new URL('corpus.tsv', import.meta.url), now);
  expect(score.rows).toBe(121);
  const seen = score.misses.join('\n');
  expect(score.title, seen).toBeGreaterThanOrEqual(116);
  expect(score.author, seen).toBeGreaterThanOrEqual(118);
  expect(score.year, seen).toBeGreaterThanOrEqual(119);
  expect(score.all, seen).toBeGreaterThanOrEqual(116);
});

it('reads the made-up names of more-names.tsv', () => {
  const score = scoreCorpus(new URL('more-names.tsv', import.meta.url), now);
  expect(score.rows).toBeGreaterThanOrEqual(120);
  expect(score.misses).toEqual([]);
});

it.each([
  ['unseen-names.tsv', 208, 199],
  ['fresh-names.tsv', 50, 48],
])('reads the names of %s, which were collected without looking at the rules', (file, rows, least) => {
  const score = scoreCorpus(new URL(file, import.meta.url), now);
  expect(score.rows).toBe(rows);
  expect(score.all, score.misses.join('\n')).toBeGreaterThanOrEqual(least);
});
