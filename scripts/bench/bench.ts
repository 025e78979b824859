/** The bench: every job over a library of one size, work by work. */

import type { Store } from './firestore.ts';
import { type BenchLibrary, openLibrary } from './library.ts';
import { type Cost, measure } from './measure.ts';
import type { Programs } from './programs.ts';

/** Who does the work: this project, the plain job, and the plain job with its model's defect. */
export const jobs = ['ours', 'plain', 'defective'] as const;
export type Job = (typeof jobs)[number];

/** What is to be done, in this order. */
export const works = ['import', 'idle', 'ten', 'percent', 'reconcile'] as const;
export type Work = (typeof works)[number];

/** One line of the table. */
export interface Result extends Cost {
  books: number;
  folders: number;
  job: Job;
  work: Work;
  /** The Firestore it ran on. */
  store: Store;
  /** V8's limit for the heap of the measured process, in MB; null for Node's own choice on this machine. */
  heapMb: number | null;
  /** Books that had changed. */
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
  /** More settings of the sync. */
  settings?: Record<string, string>;
  onResult: (result: Result) => void;
}

/**
 * Measures one size of library. The jobs see the same changes, each in a catalog of its own; the defective job shares
 * the plain one's, because it is the same program with one comparison more, and is asked for its idle run alone: all
 * its other runs write every book as well.
 */
export async function benchLibrary(options: BenchOptions): Promise<void> {
  const { programs, books, folders } = options;
  const library = await openLibrary(programs.libraryServer, books, folders);
  try {
    for (const work of works) {
      const isWanted = options.works.has(work);
      // Without an import there is nothing to be idle over: it is always made, and told only where it is asked for.
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
  { programs, store, firestoreHost, jobs: asked, heapMb, settings, onResult }: BenchOptions,
  library: BenchLibrary,
  work: Work,
  changed: number,
): Promise<void> {
  const { books, folders } = library;
  for (const job of jobs) {
    if (!asked.has(job) || !does(job, work)) continue;
    const cost = await measure({
      script: programs.measured,
      program: job === 'ours' ? programs.ours : programs.plain,
      library,
      firestoreHost,
      // A project is a database of its own in the emulator; the library's root makes it new in every bench.
      projectId: `bench-${job === 'ours' ? 'ours' : 'plain'}-${books}-${process.pid}`,
      attributes: work === 'reconcile' ? { reconcile: 'true' } : {},
      environment: job === 'ours' ? { ...settings } : { PLAIN_COMPARES_UNSET: String(job === 'defective') },
      heapMb,
    });
    onResult({ books, folders, job, work, store, heapMb: heapMb ?? null, changed, ...cost });
  }
}

/** Every run of the plain job compares everything: there is nothing to measure as a reconcile of its own. */
function does(job: Job, work: Work): boolean {
  if (job === 'ours') return true;
  return job === 'defective' ? work === 'idle' : work !== 'reconcile';
}
