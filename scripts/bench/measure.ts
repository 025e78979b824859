/** Runs a program in a new process and collects its costs. */
import { createInterface } from 'node:readline';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';
import type { Usage } from '../../functions/sync/core/usage.ts';
import { type BenchLibrary, oauth } from './library.ts';

/** The arguments of the measured process. */
export interface MeasuredOrder {
  /** The file to load: a bundle that registers the function `sync`. */
  program: string;
  /** The attributes of the message. */
  attributes: Record<string, string>;
}

/** What the measured process reports about itself. */
export interface Figures {
  /** From the event to the end of its handling, without starting the process and loading the program. */
  seconds: number;
  /** CPU time of the process within `seconds`. The rest is waiting for Drive and Firestore. */
  cpuSeconds: number;
  peakMb: number;
}

/** The cost of one piece of work. */
export interface Cost extends Figures, Usage {
  /** The number of processes: more than one if the deadline split the work into several runs. */
  runs: number;
}

export interface Measurement {
  /** The built measured.ts. */
  script: string;
  program: string;
  library: Pick<BenchLibrary, 'root' | 'url' | 'takeCalls'>;
  /** The Firestore emulator. */
  firestoreHost: string;
  /** A different project for every catalog. */
  projectId: string;
  attributes?: Record<string, string>;
  /** Additional settings for the program. */
  environment?: Record<string, string>;
  /** V8's heap limit in MB. If undefined, Node's default on this machine. */
  heapMb?: number | undefined;
}

/** More runs than this for one piece of work indicate a bug, not a large library. */
const mostRuns = 50;

/**
 * Runs the program until its work is done. A run that was ended by the deadline is followed by the next one
 * immediately, as the continuation message does on the platform.
 *
 * @throws Error if a run fails, or if the run and the Drive emulator count different numbers of calls
 */
export async function measure(measurement: Measurement): Promise<Cost> {
  const total: Cost = {
    seconds: 0,
    cpuSeconds: 0,
    peakMb: 0,
    driveCalls: 0,
    driveUnits: 0,
    reads: 0,
    writes: 0,
    deletes: 0,
    commits: 0,
    runs: 0,
  };
  for (let done = false; !done; ) {
    if (total.runs === mostRuns) throw new Error(`The work is not finished after ${mostRuns} runs`);
    await measurement.library.takeCalls();
    const { figures, last } = await runOnce(measurement);
    const counted = await measurement.library.takeCalls();
    done = last.event === 'run_completed';
    const usage = readUsage(last);
    if (usage.driveCalls !== counted.calls || usage.driveUnits !== counted.units) {
      throw new Error(
        `The run counted ${usage.driveCalls} calls (${usage.driveUnits} units), but the Drive emulator counted ${counted.calls} (${counted.units})`,
      );
    }
    for (const [kind, amount] of Object.entries(usage)) total[kind as keyof Usage] += amount;
    total.seconds += figures.seconds;
    total.cpuSeconds += figures.cpuSeconds;
    total.peakMb = Math.max(total.peakMb, figures.peakMb);
    total.runs += 1;
  }
  return total;
}

type LastLine = Record<string, unknown>;

/** One process, one event. */
async function runOnce(measurement: Measurement): Promise<{ figures: Figures; last: LastLine }> {
  const { script, program, attributes = {}, heapMb } = measurement;
  const order: MeasuredOrder = { program, attributes };
  // The shell between this process and the measured one is useful: on Linux a process starts with the peak memory of
  // the process that it was forked from, which is then the few megabytes of the shell and not ours.
  const { process: child } = spawnChild(
    process.execPath,
    [...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]), script, JSON.stringify(order)],
    environmentOf(measurement),
  );
  let figures: Figures | undefined;
  let last: LastLine | undefined;
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-3_000);
  });
  if (!child.stdout) throw new Error('The process has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    // A large import logs one line per book. Only the few lines that matter here are parsed.
    if (/"event":"(run_completed|run_continues|run_overtaken|run_failed)"/.test(line))
      last = JSON.parse(line);
    else if (line.includes('"event":"bench_figures"')) figures = JSON.parse(line);
    if (last?.event === 'run_failed') output += `\n${line}`;
  }
  if (!figures || (last?.event !== 'run_completed' && last?.event !== 'run_continues'))
    throw new Error(`The run did not finish. Its last output:\n${output}`);
  return { figures, last };
}

/** The counts in the last log line of a run. */
function readUsage(line: LastLine): Usage {
  const amount = (kind: keyof Usage): number => {
    const value = line[kind];
    if (typeof value !== 'number') throw new Error(`The line ${line.event} has no count of ${kind}`);
    return value;
  };
  return {
    driveCalls: amount('driveCalls'),
    driveUnits: amount('driveUnits'),
    reads: amount('reads'),
    writes: amount('writes'),
    deletes: amount('deletes'),
    commits: amount('commits'),
  };
}

/** Passes on only the variables that a process needs, so that the program depends on nothing but its settings. */
function environmentOf({ library, firestoreHost, projectId, environment }: Measurement): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    NODE_ENV: 'production',
    METADATA_SERVER_DETECTION: 'none',
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    FIREBASE_PROJECT_ID: projectId,
    GOOGLE_API_ROOT: library.url,
    GOOGLE_DRIVE_FOLDER_ID: library.root,
    GOOGLE_CLIENT_ID: oauth.clientId,
    GOOGLE_CLIENT_SECRET: oauth.clientSecret,
    GOOGLE_REFRESH_TOKEN: oauth.refreshToken,
    // Effectively unlimited: the counts do not depend on the write rate, and the emulator needs no throttling.
    WRITES_PER_SECOND: '10000',
    ...environment,
  };
}
