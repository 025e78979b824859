/** `npm run test:convergence -- --runs 2000`: histories of changes and runs, none of which may leave a wrong catalog. */
import { Command } from 'commander';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { usuallyLarge } from './generator.ts';
import { runHistories } from './runner.ts';
import { describeStatistics, interesting } from './statistics.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  runs: number;
  seed: number;
  path?: string;
  lanes: number;
  large: number;
  childKills: number;
  asIs: boolean;
}

const { runs, seed, path, lanes, large, childKills, asIs } = new Command()
  .name('npm run test:convergence --')
  .description(
    'Plays random histories of a library and its runs, and compares each catalog with what it has to be.',
  )
  .option('--runs <number>', 'how many histories', wholeNumber(1), 2000)
  .option('--seed <number>', 'the same seed plays the same histories', wholeNumber(), Date.now() % 0x7fffffff)
  .option('--path <path>', 'where in the seed a failure lies, as it was printed')
  .option('--lanes <number>', 'histories played at a time', wholeNumber(1), 3)
  .option('--large <number>', 'one library in so many is large', wholeNumber(1), usuallyLarge)
  .option(
    '--child-kills <number>',
    'runs at most that are killed as a process of their own',
    wholeNumber(),
    20,
  )
  .option('--as-is', 'do not look for a shorter history where one fails', false)
  .parse()
  .opts<Options>();
process.env.METADATA_SERVER_DETECTION = 'none';
const emulator = process.env.FIRESTORE_EMULATOR_HOST ? undefined : await startFirestoreEmulator();
if (emulator) process.env.FIRESTORE_EMULATOR_HOST = emulator.host;

console.log(`${runs} histories, seed ${seed}`);
const began = Date.now();
let done = 0;
const { statistics, failure } = await runHistories({
  runs,
  seed,
  lanes,
  oneLargeIn: large,
  asIs,
  childKills,
  ...(path === undefined ? {} : { path }),
  onHistory() {
    done += 1;
    if (done % 50 === 0) console.log(`${done} histories, ${Math.round((Date.now() - began) / 1000)} s`);
  },
});
await emulator?.stop();
console.log(describeStatistics(statistics));
const never = interesting.filter((what) => !statistics.events.has(what));
if (never.length > 0) console.log(`Never happened: ${never.join('; ')}`);
console.log(
  failure ??
    `No divergence in ${statistics.histories} histories (${Math.round((Date.now() - began) / 1000)} s).`,
);
process.exitCode = failure ? 1 : 0;
