/** A short fuzzing run, or two minutes with HEAVY set. For longer: `npx tsx test/load/fuzz-names.ts --minutes 5`. */
import { expect, test } from 'vitest';
import { hunt } from './fuzz-names.ts';

const seconds = process.env.HEAVY ? 120 : 3;

test(`${seconds} seconds of random names: none throws, is slow for its length, or is read without a title`, {
  timeout: (seconds + 60) * 1_000,
}, () => {
  const { tried, slowest, found } = hunt(Date.now() + seconds * 1_000, Date.now() % 1_000_000_000);
  console.log(`${tried} names tried, the slowest in ${slowest.ms.toFixed(0)} ms`);
  expect(found).toBeUndefined();
  expect(tried).toBeGreaterThanOrEqual(500);
});
