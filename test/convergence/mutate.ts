/**
 * `npm run test:mutants`: is each broken rule noticed by the convergence test?
 *
 * Every mutant is a copy of the sources in a folder for temporary files; the working tree is never touched.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command } from 'commander';
import pLimit from 'p-limit';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { applyEdits } from './apply-edits.ts';
import { type Mutant, mutants } from './mutants.ts';
import { judgeOutput, type Trial } from './trial.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  runs: number;
  seed: number;
  only: string[];
  concurrency: number;
}

const values = new Command()
  .name('npm run test:mutants --')
  .description(
    'Breaks one rule of the sync after another, and plays histories against each until one notices.',
  )
  .option('--runs <number>', 'how many histories against each at most', wholeNumber(1), 300)
  // That of `npm test`, whose histories are the control: unbroken, the sync passes them.
  .option('--seed <number>', 'the same seed plays the same histories', wholeNumber(), 20261123)
  .option('--only <words...>', 'only the mutants with these words in their name', [''])
  .option('--parallel <number>', 'mutants tried at a time', wholeNumber(1), 2)
  .parse()
  .opts<Options>();
const chosen = mutants.filter(({ name }) => values.only.some((words) => name.includes(words)));
if (chosen.length === 0) {
  console.error(
    `No mutant has "${values.only.join('" or "')}" in its name. They are:\n  ${namesOf(mutants)}`,
  );
  process.exit(2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
// Before anything is tried: a mutant that no longer fits its source is told at once.
const broken = chosen.map((mutant) => ({ mutant, sources: applyEdits(mutant, read) }));
const shelf = mkdtempSync(path.join(tmpdir(), 'catalog-sync-mutants-'));
// Copied once, so that who goes on working while the mutants are tried does not change what is tried.
for (const part of ['functions', 'test/convergence', 'package.json', 'tsconfig.json'])
  cpSync(path.join(root, part), path.join(shelf, 'whole', part), { recursive: true });
symlinkSync(path.join(root, 'node_modules'), path.join(shelf, 'whole', 'node_modules'));
const emulator = await startFirestoreEmulator();
const environment = {
  ...process.env,
  FIRESTORE_EMULATOR_HOST: emulator.host,
  METADATA_SERVER_DETECTION: 'none',
};
const limit = pLimit(values.concurrency);
const { trials, whole } = await Promise.all(
  broken.map(({ mutant, sources }, index) =>
    limit(async () => {
      const trial = judgeOutput(await playAgainst(path.join(shelf, String(index)), sources, values.runs));
      const { verdict, histories } = trial;
      console.log(`${verdict}${histories ? ` (${histories} histories)` : ''}: ${mutant.name}`);
      return { mutant, trial };
    }),
  ),
)
  .then(async (tried) => {
    // A history that is wrong without any mutant would catch all of them.
    const longest = Math.max(1, ...tried.map(({ trial }) => trial.histories));
    const whole = judgeOutput(await playAgainst(path.join(shelf, 'control'), new Map(), longest));
    return { trials: tried, whole };
  })
  .finally(async () => {
    await emulator.stop();
    rmSync(shelf, { recursive: true, force: true });
  });

console.log(tableOf(trials));
const caught = trials.filter(({ trial }) => trial.verdict === 'caught').length;
console.log(
  `${caught} of ${trials.length} noticed (seed ${values.seed}, up to ${values.runs} histories each).`,
);
const isSound = whole.verdict === 'SURVIVED';
console.log(
  isSound
    ? `The unbroken sync passes as many (${whole.histories}).`
    : `This proves nothing: the unbroken sync fails as well, by history ${whole.histories}: ${whole.saying}`,
);
process.exitCode = isSound && caught === trials.length ? 0 : 1;

/** Plays the histories against a copy of the sources with a rule broken, and gives what was printed. */
async function playAgainst(folder: string, sources: Map<string, string>, runs: number): Promise<string> {
  cpSync(path.join(shelf, 'whole'), folder, { recursive: true, verbatimSymlinks: true });
  for (const [file, source] of sources) writeFileSync(path.join(folder, file), source);
  const { process: child, stop } = spawnChild(
    process.execPath,
    [
      ...['--import', path.join(root, 'node_modules/tsx/dist/loader.mjs')],
      path.join(folder, 'test/convergence/main.ts'),
      ...['--runs', `${runs}`, '--seed', `${values.seed}`, '--child-kills', '0', '--as-is'],
    ],
    environment,
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  await new Promise((resolve) => child.once('close', resolve));
  await stop();
  rmSync(folder, { recursive: true, force: true });
  return output;
}

function namesOf(some: readonly Mutant[]): string {
  return some.map(({ name }) => name).join('\n  ');
}

function tableOf(all: readonly { mutant: Mutant; trial: Trial }[]): string {
  const table = new Table({
    head: ['A sync that ...', 'is', 'by history', 'because'],
    colWidths: [38, 10, 12, 58],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { mutant, trial } of all)
    table.push([mutant.name, trial.verdict, trial.histories || '', trial.saying]);
  return table.toString();
}
