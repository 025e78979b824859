/** Runs a program in a fresh process and collects what it cost. */
import { createInterface } from 'node:readline';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';
import type { Usage } from '../../functions/sync/core/usage.ts';
import { type BenchLibrary, oauth } from './library.ts';

/** What the measured process is told. */
export interface MeasuredOrder {
  /** The file to load: a bundle that registers the function `sync`. */
  program: string;
  /** The attributes of the message. */
  attributes: Record<string, string>;
}

/** What the measured process says of itself. */
export interface Figures {
  /** From the event to its end; starting the process and loading the program are not in it. */
  seconds: number;
  /** Of these, seconds of CPU in this process: the rest is waiting for Drive and Firestore. */
  cpuSeconds: number;
  peakMb: number;
}

/** What one piece of work cost. */
export interface Cost extends Figures, Usage {
  /** Processes it took: more than one where the deadline cut the work into several runs. */
  runs: number;
}

export interface Measurement {
  /** The built measured.ts. */
  script: string;
  program: string;
  library: Pick<BenchLibrary, 'root' | 'url' | 'takeCalls'>;
  /** The Firestore emulator. */
  firestoreHost: string;
  /** A project of its own for every catalog. */
  projectId: string;
  attributes?: Record<string, string>;
  /** More settings of the program. */
  environment?: Record<string, string>;
  /** V8's limit for the heap in MB; without it, what Node takes on this machine. */
  heapMb?: number | undefined;
}

/** More runs than this for one piece of work are a fault, not a large library. */
const mostRuns = 50;

/**
 * Runs the program until its work is done: a run that the deadline ended is followed by another one at once, as the
 * platform's continuation message does.
 *
 * @throws Error where a run fails, or counts other calls to Drive than the sandbox does
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
    if (total.runs === mostRuns) throw new Error(`The work is not done after ${mostRuns} runs`);
    await measurement.library.takeCalls();
    const { figures, last } = await runOnce(measurement);
    const counted = await measurement.library.takeCalls();
    done = last.event === 'run_completed';
    const usage = readUsage(last);
    if (usage.driveCalls !== counted.calls || usage.driveUnits !== counted.units) {
      throw new Error(
        `The run counts ${usage.driveCalls} calls (${usage.driveUnits} units), the sandbox ${counted.calls} (${counted.units})`,
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
  // The shell between us and the process is welcome: on Linux a process starts with the peak memory of the one it
  // was forked from, which is the shell's few megabytes and not ours.
  const { process: child } = spawnChild(
    process.execPath,
    [...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]), script, JSON.stringify(order)],
    environmentOf(measurement),
  );
  let figures: Figures | undefined;
  let last: LastLine | undefined;
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-3_000);
  });
  if (!child.stdout) throw new Error('The process has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    // A large import logs a line a book: only the few that matter here are parsed.
    if (/"event":"(run_completed|run_continues|run_overtaken|run_failed)"/.test(line))
      last = JSON.parse(line);
    else if (line.includes('"event":"bench_figures"')) figures = JSON.parse(line);
    if (last?.event === 'run_failed') said += `\n${line}`;
  }
  if (!figures || (last?.event !== 'run_completed' && last?.event !== 'run_continues'))
    throw new Error(`The run did not come to its end. It last said:\n${said}`);
  return { figures, last };
}

/** The counts of a run's last line. */
function readUsage(line: LastLine): Usage {
  const amount = (kind: keyof Usage): number => {
    const value = line[kind];
    if (typeof value !== 'number') throw new Error(`The line ${line.event} does not say how many ${kind}`);
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

/** Nothing of our own environment but what a process needs: the program lives on its settings alone. */
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
    // The counts do not depend on the pace, only the time would: the emulator need not be spared.
    WRITES_PER_SECOND: '10000',
    ...environment,
  };
}
