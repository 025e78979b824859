/** `npm start`: runs the deployed bundle against a directory of real files. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import chokidar from 'chokidar';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { initializeFirestore } from 'firebase-admin/firestore';
import { buildBundle } from '../../bundle.ts';
import { type DirectoryLibrary, fillFromDirectory } from '../../drive-emulator/directory/directory.ts';
import { DirectoryError } from '../../drive-emulator/directory/disk.ts';
import { DriveModel } from '../../drive-emulator/model/drive.ts';
import { startDriveEmulator } from '../../drive-emulator/server.ts';
import type { RunReport } from '../../sync/core/logs.ts';
import type { Usage } from '../../sync/core/usage.ts';
import { startFunction } from '../local-runtime/function-process.ts';
import { type LocalFirestore, openLocalFirestore } from '../local-runtime/local-firestore.ts';
import { pc } from '../shared/colors.ts';
import { CommandError } from '../shared/command-error.ts';
import { count, formatCatalog, formatCost, formatCounts, formatEntry, readLogLine } from '../shared/show.ts';

export interface StartOptions {
  library: string;
  watch: boolean;
  /** Stops watching. */
  signal: AbortSignal;
}

const projectId = 'local-library';
/** The OAuth client of the Drive emulator, which checks these values as Google would. */
const oauth = {
  clientId: 'emulator.apps.googleusercontent.com',
  clientSecret: 'emulator-secret',
  refreshToken: 'emulator-refresh-token',
  scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'],
};

type Run = Omit<RunReport, 'usage'> & Usage;

/**
 * Builds the bundle, runs it once, and shows the catalog and the cost. With `watch`, runs again whenever the directory
 * changes, until the signal aborts. Stops everything it started.
 *
 * @returns false if the first run failed
 * @throws CommandError if the directory cannot be used as a library
 */
export async function start({ library: directory, watch, signal }: StartOptions): Promise<boolean> {
  const say = (text: string) => console.log(text);
  // Firestore may outlive the Drive emulator. A new generation invalidates page tokens from an earlier process.
  const drive = new DriveModel({ generation: randomInt(2 ** 47) });
  // First, because the directory is the only input that can be wrong.
  const library = await fillFromDirectory(drive, directory).catch((error) => {
    throw error instanceof DirectoryError ? new CommandError(error.message) : error;
  });
  for (const warning of library.warnings) say(pc.yellow(warning));

  const bytes = await buildBundle().catch((error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(
      `Cannot write the bundle to dist/: ${message}. Run the command in a folder that you can write to.`,
    );
  });
  say(`Built the function: ${(bytes / 1e6).toFixed(2)} MB`);
  const opened: { stop(): Promise<void> }[] = [];
  try {
    const firestore = await openLocalFirestore();
    opened.push(firestore);
    // Ctrl-C also reaches the child processes, so their results can no longer be trusted.
    if (signal.aborted) return false;
    const driveEmulator = await startDriveEmulator(drive, { oauth });
    opened.push({ stop: driveEmulator.close });
    say(`Firestore: ${firestore.description}`);
    say(`Drive:     Drive emulator at ${driveEmulator.url}, serving ${directory}`);

    const runs: Run[] = [];
    const running = await startFunction({
      environment: environmentOf(library.rootId, driveEmulator.url, firestore),
      onLine(line) {
        const entry = readLogLine(line);
        say(entry ? `  ${formatEntry(entry)}` : pc.dim(`  ${line}`));
        if (entry?.event === 'run_completed') runs.push(entry as unknown as Run);
      },
    });
    opened.push(running);
    // A function that started after Ctrl-C did not get the signal, and would wait for a Firestore that is gone.
    if (signal.aborted) return false;
    signal.addEventListener('abort', () => void running.stop(), { once: true });

    async function runOnce(why: string): Promise<boolean> {
      const before = runs.length;
      say(`\n${why}`);
      await running.deliver().catch((error) => {
        if (!signal.aborted) throw error;
      });
      // The last log lines may still be in the pipe.
      for (let waited = 0; runs.length === before && waited < 500; waited += 10) await sleep(10);
      const run = runs[before];
      if (run) say(pc.bold(`${formatCounts(run)} (${formatCost(run, run.durationMs)})`));
      return run !== undefined;
    }

    const succeeded = await runOnce('Delivering one Pub/Sub message:');
    if (succeeded) say(`\n${await showCatalog(firestore.host)}`);
    if (watch && !signal.aborted) await watchDirectory(directory, library, runOnce, signal);
    return succeeded;
  } finally {
    for (const { stop } of opened.reverse()) await stop();
  }
}

function environmentOf(folderId: string, apiRoot: string, { host }: LocalFirestore): Record<string, string> {
  return {
    GOOGLE_DRIVE_FOLDER_ID: folderId,
    FIREBASE_PROJECT_ID: projectId,
    GOOGLE_CLIENT_ID: oauth.clientId,
    GOOGLE_CLIENT_SECRET: oauth.clientSecret,
    GOOGLE_REFRESH_TOKEN: oauth.refreshToken,
    GOOGLE_API_ROOT: apiRoot,
    FIRESTORE_EMULATOR_HOST: host,
  };
}

async function showCatalog(host: string): Promise<string> {
  // The emulator needs no credentials. Without the second variable the client would look for Google's metadata
  // server.
  Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: host, METADATA_SERVER_DETECTION: 'none' });
  const app = initializeApp({ projectId }, 'show');
  const firestore = initializeFirestore(app);
  try {
    const { docs } = await firestore.collection('books').get();
    const books = docs.map((document) => document.data());
    const current = books.filter((book) => !book.removed_date).length;
    return `${formatCatalog(books)}\n${count(current, 'book')} in the catalog`;
  } finally {
    await firestore.terminate();
    await deleteApp(app);
  }
}

/** Starts one run after each burst of changes, and never two at a time. */
async function watchDirectory(
  directory: string,
  library: DirectoryLibrary,
  run: (why: string) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let queue = Promise.resolve();
  async function refresh(): Promise<void> {
    try {
      const changes = await library.refresh();
      const shown = changes.slice(0, 3).map(({ what, path: where }) => `${what} ${where}`);
      if (changes.length > 0)
        await run(`${shown.join(', ')}${changes.length > 3 ? ` and ${changes.length - 3} more` : ''}:`);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      console.log(pc.yellow(error.message));
    }
  }
  const watcher = chokidar.watch(directory, { ignoreInitial: true, followSymlinks: false });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      queue = queue.then(refresh);
    }, 300);
  });
  // The watcher does not report changes that were made before it was ready.
  watcher.once('ready', () => {
    console.log(`\nWatching ${directory} for changes. Press Ctrl-C to stop.`);
    queue = queue.then(refresh);
  });
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearTimeout(timer);
  await watcher.close();
  await queue;
}
