/** A program that runs the sync, prints how it ended and what is still open, and has nothing else to wait for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../functions/sync/core/config.ts';
import { createLogs } from '../../functions/sync/core/logs.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import { sync } from '../../functions/sync/sync.ts';

/** A run in its own test environment. Several runs can take place at the same time. */
interface Job {
  settings: Settings;
  firestoreHost: string;
  retryBaseMs?: number;
}

async function run({ settings, firestoreHost, ...options }: Job) {
  const began = performance.now();
  const logs = createLogs(() => {}, createRedactor([]));
  // The Firestore client reads this variable when it is created, which is before the first await.
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
// Destroyed sockets take a few turns of the event loop to disappear. Standard output is not for this program to
// close.
const stillOpen = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FSReq)/.test(name));
for (let waited = 0; waited < 500 && stillOpen().length > 0; waited += 20) await sleep(20);
console.log(JSON.stringify({ runs, open: stillOpen() }));
