/** `npm run bench`: runs the benchmarks, prints the tables, and writes them to docs/. */
import { cpus, totalmem } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { benchLibrary, type Job, jobs, type Result, type Work, works } from './bench.ts';
import { budgetRows, workName } from './budgets.ts';
import { openFirestore, type Store, storeFor, stores } from './firestore.ts';
import { measureLoading } from './loading.ts';
import { buildPrograms, type Programs } from './programs.ts';
import { type Figures, writeReport } from './report.ts';
import { terminalBudgets, terminalTable } from './table.ts';

interface Options {
  books: number[];
  folders: number;
  only: Job[];
  works: Work[];
  store?: Store;
  runSeconds: string;
  heap: number;
  write: boolean;
}

const program = new Command()
  .name('npm run bench --')
  .description(
    'Counts the Drive and Firestore calls of the sync, compared with a plain job, on synthetic libraries.',
  )
  .option('--books <sizes>', 'library sizes, separated by commas', numbers, [1_000, 10_000, 100_000])
  .option('--folders <number>', 'number of folders in each library', (text) => numbers(text)[0] ?? 0, 300)
  .addOption(new Option('--only <jobs...>', 'the jobs to run').choices(jobs).default([...jobs]))
  .addOption(
    new Option('--works <works...>', 'the runs to measure; the import always runs')
      .choices(works)
      .default([...works]),
  )
  .addOption(
    new Option(
      '--store <store>',
      "Google's emulator (default up to 10,000 books), or a Firestore with indexes",
    ).choices(stores),
  )
  .option('--run-seconds <seconds>', 'RUN_SECONDS for the sync: the deadline of one run', '3600')
  // Half the memory of the deployed function, which is Node's default there.
  .option('--heap <megabytes>', "V8's heap limit for the run", (text) => numbers(text)[0] ?? 0, 512)
  .option('--no-write', 'do not update docs/bench.*');

await main(program.parse().opts<Options>());

async function main(options: Options): Promise<void> {
  // Read by the emulator's Java: its default heap, a quarter of the memory, is too small for a million books.
  process.env.JAVA_TOOL_OPTIONS ??= `-Xmx${Math.floor((totalmem() / 2 ** 20) * 0.6)}m`;
  const programs = await buildPrograms();
  try {
    await measureAll(options, programs);
  } finally {
    await programs.remove();
  }
}

async function measureAll(options: Options, programs: Programs): Promise<void> {
  const loading = await measureLoading(programs.ours);
  const results: Result[] = [];
  for (const books of options.books) {
    // A new emulator for each size: it keeps all data, and gets slower as it fills up.
    const store = options.store ?? storeFor(books);
    const firestore = await openFirestore(store, programs.indexedFirestore);
    try {
      await benchLibrary({
        programs,
        store,
        firestoreHost: firestore.host,
        books,
        folders: options.folders,
        jobs: new Set(options.only),
        works: new Set(options.works),
        heapMb: options.heap,
        settings: { RUN_SECONDS: options.runSeconds },
        onResult(result) {
          results.push(result);
          const { job, seconds } = result;
          console.error(`${books} books, ${workName(result)}, ${job}: ${seconds.toFixed(1)} s`);
        },
      });
    } finally {
      await firestore.stop();
    }
  }
  const figures: Figures = { machine: machine(), bundleBytes: programs.oursBytes, loading, results };
  console.log(terminalTable(results));
  console.log(terminalBudgets(budgetRows(results, programs.oursBytes, loading)));
  if (options.write) await writeReport(figures);
}

function machine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${date} with Node ${process.versions.node} on ${cpus().length} CPUs (${gigabytes} GB).`;
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < 1))
    throw new InvalidArgumentError('Use whole numbers of at least 1, separated by commas.');
  return values;
}
