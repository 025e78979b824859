/**
 * `npm run test:mutants`: checks that the convergence test detects each broken rule in mutants.ts.
 *
 * Every mutant is a copy of the sources in a temporary folder. The working tree is never changed.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import pLimit from 'p-limit';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { applyEdits } from './apply-edits.ts';
import { type Mutant, mutants } from './mutants.ts';
import { parseOutput, type Trial } from './trial.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  runs: number;
  seed: number;
  only: string[];
  parallel: number;
}

const values = new Command()
  .name('npm run test:mutants --')
  .description(
    'Breaks one rule of the sync at a time, and plays random histories against each broken sync until one detects it.',
  )
  .option('--runs <number>', 'maximum number of histories to play against each mutant', wholeNumber(1), 300)
  // The seed of `npm test`. The unbroken sync is known to pass its histories.
  .option('--seed <number>', 'random seed; the same seed plays the same histories', wholeNumber(), 20261123)
  .addOption(
    new Option('--only <words...>', 'try only mutants whose name contains one of these words').default(
      [''],
      'all mutants',
    ),
  )
  .option('--parallel <number>', 'number of mutants to try in parallel', wholeNumber(1), 2)
  .parse()
  .opts<Options>();
const chosen = mutants.filter(({ name }) => values.only.some((text) => name.includes(text)));
if (chosen.length === 0) {
  console.error(
    `No mutant has "${values.only.join('" or "')}" in its name. The mutants are:\n  ${namesOf(mutants)}`,
  );
  process.exit(2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
// Apply all edits first, so that a mutant that no longer fits its source is reported at once.
const prepared = chosen.map((mutant) => ({ mutant, sources: applyEdits(mutant, read) }));
const workDir = mkdtempSync(path.join(tmpdir(), 'catalog-sync-mutants-'));
// Copied once, so that edits made to the working tree in the meantime have no effect.
for (const part of ['functions', 'test/convergence', 'package.json', 'tsconfig.json'])
  cpSync(path.join(root, part), path.join(workDir, 'unbroken', part), { recursive: true });
symlinkSync(path.join(root, 'node_modules'), path.join(workDir, 'unbroken', 'node_modules'));
const emulator = await startFirestoreEmulator();
const environment = {
  ...process.env,
  FIRESTORE_EMULATOR_HOST: emulator.host,
  METADATA_SERVER_DETECTION: 'none',
};
const limit = pLimit(values.parallel);
const { trials, control } = await Promise.all(
  prepared.map(({ mutant, sources }, index) =>
    limit(async () => {
      const trial = parseOutput(await playAgainst(path.join(workDir, String(index)), sources, values.runs));
      const { verdict, histories } = trial;
      console.log(`${verdict}${histories ? ` (${histories} histories)` : ''}: ${mutant.name}`);
      return { mutant, trial };
    }),
  ),
)
  .then(async (tried) => {
    // A history that fails even without a mutant would catch all of them, so play the same ones without any.
    const longest = Math.max(1, ...tried.map(({ trial }) => trial.histories));
    const control = parseOutput(await playAgainst(path.join(workDir, 'control'), new Map(), longest));
    return { trials: tried, control };
  })
  .finally(async () => {
    await emulator.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

console.log(tableOf(trials));
const caught = trials.filter(({ trial }) => trial.verdict === 'caught').length;
console.log(
  `${caught} of ${trials.length} mutants caught (seed ${values.seed}, at most ${values.runs} histories each).`,
);
const isSound = control.verdict === 'SURVIVED';
console.log(
  isSound
    ? `The unbroken sync passes the same ${control.histories} histories.`
    : `This proves nothing, because the unbroken sync fails as well, in history ${control.histories}: ${control.detail}`,
);
process.exitCode = isSound && caught === trials.length ? 0 : 1;

/** Plays histories against a copy of the sources with the given files replaced. Returns what `main.ts` printed. */
async function playAgainst(folder: string, sources: Map<string, string>, runs: number): Promise<string> {
  cpSync(path.join(workDir, 'unbroken'), folder, { recursive: true, verbatimSymlinks: true });
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
    head: ['A sync that ...', 'is', 'in history', 'because'],
    colWidths: [38, 10, 12, 58],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { mutant, trial } of all)
    table.push([mutant.name, trial.verdict, trial.histories || '', trial.detail]);
  return table.toString();
}
