/** `npm run test:convergence -- --runs 2000 [--seed N] [--path P] [--lanes N] [--large N] [--child-kills N] [--as-is]` */
import { parseArgs } from 'node:util';
import { startFirestoreEmulator } from '../../functions/local/emulators.ts';
import { usuallyLarge } from './generator.ts';
import { runHistories } from './runner.ts';
import { describeStatistics, interesting } from './statistics.ts';
import { wholeNumber } from './whole-number.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 0x7fffffff) },
    path: { type: 'string' },
    lanes: { type: 'string', default: '3' },
    'as-is': { type: 'boolean', default: false },
    large: { type: 'string', default: String(usuallyLarge) },
    'child-kills': { type: 'string', default: '20' },
  },
});
const runs = wholeNumber('runs', values.runs, 1);
const seed = wholeNumber('seed', values.seed);
const lanes = wholeNumber('lanes', values.lanes, 1);
const oneLargeIn = wholeNumber('large', values.large, 1);
const childKills = wholeNumber('child-kills', values['child-kills']);
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
  oneLargeIn,
  asIs: values['as-is'],
  childKills,
  ...(values.path === undefined ? {} : { path: values.path }),
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
