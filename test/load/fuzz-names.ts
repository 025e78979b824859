/**
 * A long search for file names that break the parser: `npx tsx test/load/fuzz-names.ts --minutes 5`.
 *
 * Names are random, or made of the pieces that reach the rules, or one piece repeated many times, because repetition
 * is what makes a bad regular expression slow. Each name has a time limit for its length. A slow name is tried again,
 * because the machine may have been busy. A name that is slow three times, throws, or gives no title ends the search
 * with exit status 1.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { describeFile } from '../../functions/sync/metadata/file-name/describe-file.ts';
import { isBook } from '../../functions/sync/metadata/is-book.ts';
import { hostileNames, namesOfEveryCategory } from './names.ts';

/**
 * The time limit of a name, in milliseconds of CPU time (elapsed time depends on how busy the machine is): `base`, plus
 * `perThousand` for every thousand characters. The parser reads at most 600 characters, and its time grows with the
 * square of the number of separators among them: 300 separators take 0.2 to 0.4 s. Catastrophic backtracking takes
 * minutes.
 */
const allowance = { base: 1_500, perThousand: 5 };

const pieces = [
  ...'-_–—()[]{}（）【】《》,.;:&+\'"!#/\\|~ \t0aAéЯ数',
  ' - ',
  ' -- ',
  '_-_',
  ' by ',
  ' and ',
  ' & ',
  ', ',
  '. ',
  'et al',
  'vol. 2',
  '3rd ed.',
  '2019',
  '(2019)',
  '1815-1820',
  '9780306406157',
  '978-0-306-40615-7',
  '1706.03762v5',
  '%20',
  'Ann Lee',
  'Lee, A. B.',
  'van der',
  'J. R. R.',
  'The Art of',
  'Z-Library',
  "Anna's Archive",
  'libgen.li',
  'O’Reilly',
  'Springer',
  'copy of ',
  ' (1)',
  '.pdf',
  '.epub',
  '\u0301',
  '\u200e',
  '\ud800',
  '\u0000',
];
const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 6 }));
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
  // Repetition, with something before and after it that may stop a pattern from matching.
  fc
    .tuple(piece, fc.array(piece, { minLength: 1, maxLength: 3 }), fc.integer({ min: 2, max: 2_000 }), piece)
    .map(([before, parts, times, after]) => `${before}${parts.join('').repeat(times)}${after}`),
  fc
    .tuple(fc.constantFrom(...[...hostileNames, ...namesOfEveryCategory()].map(([, name]) => name)), piece)
    .map(([name, more]) => name + more),
);

interface Slowest {
  ms: number;
  name: string;
}

interface Found {
  name: string;
  why: string;
}

/** Searches for a bad name until `end`. Returns how many names it tried, and the slowest. */
export function hunt(end: number, seed: number): { tried: number; slowest: Slowest; found?: Found } {
  let tried = 0;
  let slowest: Slowest = { ms: 0, name: '' };
  for (let round = 0; Date.now() < end; round++) {
    for (const name of fc.sample(anyName, { seed: seed + round, numRuns: 500 })) {
      tried += 1;
      const { ms, why } = judge(name);
      if (ms > slowest.ms && Number.isFinite(ms)) slowest = { ms, name };
      if (why !== undefined) return { tried, slowest, found: { name, why } };
    }
  }
  return { tried, slowest };
}

/** Times the fastest of up to three attempts. */
function judge(name: string): { ms: number; why?: string } {
  const limit = allowance.base + (allowance.perThousand * name.length) / 1_000;
  let ms = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && ms > limit; attempt++) {
    const began = process.cpuUsage();
    try {
      if (describeFile(name).title.trim() === '') return { ms: 0, why: 'it gives no title' };
      isBook({ name, mimeType: name });
    } catch (error) {
      return { ms: 0, why: `it throws: ${String(error)}` };
    }
    const { user, system } = process.cpuUsage(began);
    ms = Math.min(ms, (user + system) / 1_000);
  }
  return ms > limit
    ? { ms, why: `it takes ${ms.toFixed(0)} ms; the limit is ${limit.toFixed(0)} ms` }
    : { ms };
}

function show(name: string): string {
  return `${name.length} characters, ${JSON.stringify(name.slice(0, 60))} ...`;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const { tried, slowest, found } = hunt(Date.now() + Number(values.minutes) * 60_000, seed);
  console.log(
    `${tried} names tried (seed ${seed}), the slowest in ${slowest.ms.toFixed(0)} ms: ${show(slowest.name)}`,
  );
  if (found) {
    console.log(`Found ${JSON.stringify(found.name)}: ${found.why}`);
    process.exitCode = 1;
  }
}
