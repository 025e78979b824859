/** Benchmarks every job on a library of one size, one kind of run after another. */
import type { Store } from './firestore.ts';
import { type BenchLibrary, openLibrary } from './library.ts';
import { type Cost, measure } from './measure.ts';
import type { Programs } from './programs.ts';

/** The programs that are compared: this project, the plain job, and the plain job with a defect (plain-job.ts). */
export const jobs = ['ours', 'plain', 'defective'] as const;
export type Job = (typeof jobs)[number];

/** The kinds of runs, in this order. */
export const works = ['import', 'idle', 'ten', 'percent', 'reconcile'] as const;
export type Work = (typeof works)[number];

/** One line of the table. */
export interface Result extends Cost {
  books: number;
  folders: number;
  job: Job;
  work: Work;
  /** The Firestore implementation that it ran on. */
  store: Store;
  /** V8's heap limit for the measured process, in MB. Null for Node's default on this machine. */
  heapMb: number | null;
  /** The number of books that had changed. */
  changed: number;
}

export interface BenchOptions {
  programs: Programs;
  store: Store;
  firestoreHost: string;
  books: number;
  folders: number;
  jobs: ReadonlySet<Job>;
  works: ReadonlySet<Work>;
  heapMb?: number | undefined;
  /** Additional settings for the sync. */
  settings?: Record<string, string>;
  onResult: (result: Result) => void;
}

/**
 * Measures one size of library. The jobs see the same changes, and each has its own catalog. The defective job shares
 * the catalog of the plain job, because it is the same program with one more comparison. Only its idle run is
 * measured: its other runs also write every book.
 */
export async function benchLibrary(options: BenchOptions): Promise<void> {
  const { programs, books, folders } = options;
  const library = await openLibrary(programs.libraryServer, books, folders);
  try {
    for (const work of works) {
      const isWanted = options.works.has(work);
      // The other runs need an imported library, so the import always runs. It is reported only if requested.
      if (!isWanted && work !== 'import') continue;
      const changed = work === 'ten' ? 10 : work === 'percent' ? Math.ceil(books / 100) : 0;
      if (changed > 0) await library.change(changed);
      await runWork(isWanted ? options : { ...options, onResult: () => {} }, library, work, changed);
    }
  } finally {
    await library.stop();
  }
}

async function runWork(
  { programs, store, firestoreHost, jobs: requested, heapMb, settings, onResult }: BenchOptions,
  library: BenchLibrary,
  work: Work,
  changed: number,
): Promise<void> {
  const { books, folders } = library;
  for (const job of jobs) {
    if (!requested.has(job) || !does(job, work)) continue;
    const cost = await measure({
      script: programs.measured,
      program: job === 'ours' ? programs.ours : programs.plain,
      library,
      firestoreHost,
      // In the emulator each project has its own database. The process id makes the project new for every benchmark.
      projectId: `bench-${job === 'ours' ? 'ours' : 'plain'}-${books}-${process.pid}`,
      attributes: work === 'reconcile' ? { reconcile: 'true' } : {},
      environment: job === 'ours' ? { ...settings } : { PLAIN_COMPARES_UNSET: String(job === 'defective') },
      heapMb,
    });
    onResult({ books, folders, job, work, store, heapMb: heapMb ?? null, changed, ...cost });
  }
}

/**
 * Whether a run is measured for a job. Every run of the plain job compares everything, so it has no separate
 * reconcile.
 */
function does(job: Job, work: Work): boolean {
  if (job === 'ours') return true;
  return job === 'defective' ? work === 'idle' : work !== 'reconcile';
}
