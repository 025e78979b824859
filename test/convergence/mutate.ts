/**
 * `npm run test:mutants [-- --runs 300] [--seed N] [--only TEXT]`: is each broken rule noticed by the convergence test?
 *
 * Every mutant is a copy of the sources in a folder of its own below the project; the working tree is never touched.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pLimit from 'p-limit';
import { startFirestoreEmulator } from '../../functions/local/emulators.ts';
import { spawnTethered } from '../../functions/local/tether.ts';
import { type Mutant, mutants } from './mutants.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '20261123' },
    only: { type: 'string', default: '' },
    parallel: { type: 'string', default: '2' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Trial {
  mutant: Mutant;
  /** Undefined where it survived. */
  caughtAfter: number | undefined;
  saying: string;
}

/** A copy of the sources with the rule broken. */
async function copyBroken({ file, rule, broken, name }: Mutant): Promise<string> {
  await mkdir(path.join(root, 'dist'), { recursive: true });
  const folder = await mkdtemp(path.join(root, 'dist', 'mutant-'));
  for (const part of ['functions', 'test', 'package.json', 'tsconfig.json'])
    await cp(path.join(root, part), path.join(folder, part), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const source = await readFile(path.join(folder, file), 'utf8');
  const [before, after, ...more] = source.split(rule);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(
      `"${name}": the rule does not stand exactly once in ${file}; bring mutants.ts up to date`,
    );
  await writeFile(path.join(folder, file), `${before}${broken}${after}`);
  return folder;
}

async function attempt(mutant: Mutant, environment: NodeJS.ProcessEnv): Promise<Trial> {
  const folder = await copyBroken(mutant);
  try {
    const { process: child, stop } = spawnTethered(
      process.execPath,
      [
        ...['--import', path.join(root, 'node_modules/tsx/dist/loader.mjs')],
        path.join(folder, 'test/convergence/main.ts'),
        ...['--runs', values.runs, '--seed', values.seed, '--child-kills', '0', '--as-is'],
      ],
      environment,
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    await stop();
    const caught = /The catalog went wrong \((\d+) histories were right before/.exec(output);
    if (code !== 0 && !caught)
      throw new Error(`"${mutant.name}" could not be tried:\n${output.slice(-2_000)}`);
    return {
      mutant,
      caughtAfter: caught ? Number(caught[1]) + 1 : undefined,
      saying: /WRONG:\n {2}- (.*)/.exec(output)?.[1]?.slice(0, 90) ?? '',
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const emulator = await startFirestoreEmulator();
const environment = {
  ...process.env,
  FIRESTORE_EMULATOR_HOST: emulator.host,
  METADATA_SERVER_DETECTION: 'none',
};
const limit = pLimit(Number(values.parallel));
const chosen = mutants.filter(({ name }) => name.includes(values.only));
const trials = await Promise.all(
  chosen.map((mutant) =>
    limit(async () => {
      const trial = await attempt(mutant, environment);
      console.log(
        `${trial.caughtAfter ? `caught by history ${trial.caughtAfter}` : 'SURVIVED'}: ${mutant.name}`,
      );
      return trial;
    }),
  ),
).finally(() => emulator.stop());

const table = new Table({ head: ['A sync that ...', 'noticed by history', 'because'], style: { head: [] } });
for (const { mutant, caughtAfter, saying } of trials)
  table.push([mutant.name, caughtAfter ?? 'NEVER', saying]);
console.log(table.toString());
const survivors = trials.filter(({ caughtAfter }) => caughtAfter === undefined);
console.log(
  `${trials.length - survivors.length} of ${trials.length} noticed (seed ${values.seed}, up to ${values.runs} histories each)`,
);
process.exitCode = survivors.length > 0 ? 1 : 0;
