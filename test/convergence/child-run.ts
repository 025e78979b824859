/** A run in a process of its own, which can be killed outright. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../functions/sync/core/config.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import type { Lane } from './lane.ts';
import type { Ending } from './runs.ts';

export interface ChildOrder {
  settings: Settings;
  request: RunRequest;
  firestoreHost: string;
}

/** Runs the sync in a child process and kills it (SIGKILL) when its lane says that it dies. */
export async function runInChild(order: ChildOrder, lane: Lane): Promise<Ending> {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FIRESTORE_EMULATOR_HOST: order.firestoreHost },
  });
  lane.onDeath(() => child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return { kind: 'died' };
  // What it did cannot be told from here; nobody relies on it.
  return { kind: 'failed', error: new ChildEnded(code) };
}

/** A child that came to its end before it could be killed. */
export class ChildEnded extends Error {
  constructor(code: number | null) {
    super(`The child process ended with code ${code}.`);
  }
}
