/** A program that runs the sync, says how that ended and what is still open, and has nothing else to wait for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../functions/sync/core/config.ts';
import { createLogs } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { sync } from '../../functions/sync/sync.ts';

/** One run, or several at the same time, each in a world of its own. */
interface Job {
  settings: Settings;
  firestoreHost: string;
  retryBaseMs?: number;
}

async function run({ settings, firestoreHost, ...options }: Job) {
  const began = performance.now();
  const logs = createLogs(() => {}, createRedactor([]));
  // The client reads this when it is made, which is before the first wait.
  process.env.FIRESTORE_EMULATOR_HOST = firestoreHost;
  const request = { reconcile: false, approvedRemovals: undefined };
  const readerFile = process.env.TEST_READER_FILE ?? '';
  const outcome = await sync(request, settings, logs, { readerFile, ...options }).then(
    ({ kind }) => kind,
    ({ name, reason }) => `${name} ${reason}`,
  );
  return { outcome, ms: performance.now() - began };
}

const jobs: Job[] = JSON.parse(process.argv[2] ?? '');
const runs = await Promise.all(jobs.map(run));
// Sockets that were destroyed take some turns of the event loop to be gone. The standard output is not ours to close.
const stillOpen = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FSReq)/.test(name));
for (let waited = 0; waited < 500 && stillOpen().length > 0; waited += 20) await sleep(20);
console.log(JSON.stringify({ runs, open: stillOpen() }));
