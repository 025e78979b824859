/** `npm run test:convergence`: plays random histories and fails if one of them ends with an incorrect catalog. */
import { Command } from 'commander';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { defaultOneLargeIn } from './generator.ts';
import { runHistories } from './runner.ts';
import { describeStatistics, requiredEvents } from './statistics.ts';
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
    'Plays random histories of changes and runs, and compares the resulting catalogs with a model of what they must contain.',
  )
  .option('--runs <number>', 'number of histories to play', wholeNumber(1), 2000)
  .option(
    '--seed <number>',
    'random seed; the same seed plays the same histories',
    wholeNumber(),
    Date.now() % 0x7fffffff,
  )
  .option('--path <path>', 'replay one history of the seed: the path that a failure printed')
  .option('--lanes <number>', 'number of histories to play in parallel', wholeNumber(1), 3)
  .option(
    '--large <number>',
    'one history in this many starts with more books than fit in one commit',
    wholeNumber(1),
    defaultOneLargeIn,
  )
  .option(
    '--child-kills <number>',
    'maximum number of killed runs that run in a child process and are killed with SIGKILL',
    wholeNumber(),
    20,
  )
  .option('--as-is', 'report the first history that fails without shrinking it', false)
  .parse()
  .opts<Options>();
process.env.METADATA_SERVER_DETECTION = 'none';
const emulator = process.env.FIRESTORE_EMULATOR_HOST ? undefined : await startFirestoreEmulator();
if (emulator) process.env.FIRESTORE_EMULATOR_HOST = emulator.host;

console.log(`Playing ${runs} histories with seed ${seed}`);
const began = Date.now();
let done = 0;
const { statistics, failure } = await runHistories({
  runs,
  seed,
  parallel: lanes,
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
const never = requiredEvents.filter((name) => !statistics.events.has(name));
if (never.length > 0) console.log(`Never happened: ${never.join('; ')}`);
console.log(
  failure ??
    `No divergence in ${statistics.histories} histories (${Math.round((Date.now() - began) / 1000)} s).`,
);
process.exitCode = failure ? 1 : 0;
