/** Runs the sync in a child process, which can be killed with SIGKILL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../functions/sync/core/config.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import type { RunProxy } from './run-proxy.ts';
import type { Ending } from './runs.ts';

export interface ChildInput {
  settings: Settings;
  request: RunRequest;
  firestoreHost: string;
}

/** Runs the sync in a child process and kills it with SIGKILL when its proxy reports that the run dies. */
export async function runInChild(input: ChildInput, proxy: RunProxy): Promise<Ending> {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(input)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FIRESTORE_EMULATOR_HOST: input.firestoreHost },
  });
  proxy.onDeath(() => child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return { kind: 'died' };
  // The outcome of the child's run is not known here, and nothing depends on it.
  return { kind: 'failed', error: new ChildEnded(code) };
}

/** The child process ended before it could be killed. */
export class ChildEnded extends Error {
  constructor(code: number | null) {
    super(`The child process exited with code ${code}.`);
  }
}
