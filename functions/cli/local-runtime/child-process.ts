/** Child processes that die with this one, however it dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends the child when its standard input closes, which the kernel does for us even where we are killed outright. */
const guard =
  'exec 3<&0; "$@" </dev/null & child=$!; { cat <&3 >/dev/null; kill $child 2>/dev/null; } & wait $child';

export interface Tethered {
  process: ChildProcess;
  /** Ends the child and waits until it has gone. */
  stop(): Promise<void>;
}

/** Starts a command that ends with this process, even where this process is killed. Needs a POSIX shell. */
export function spawnChild(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Tethered {
  const child = spawn('sh', ['-c', guard, 'sh', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => {});
  return {
    process: child,
    async stop() {
      child.stdin?.end();
      await gone;
    },
  };
}

/**
 * Waits until the child listens on a port of the loopback interface.
 *
 * @throws Error where the child ends first, or does not listen within `timeoutMs`; it carries the child's last words
 */
export async function waitForPort(port: number, child: ChildProcess, timeoutMs = 30_000): Promise<void> {
  let said = '';
  const listen = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  };
  child.stderr?.on('data', listen);
  child.stdout?.on('data', listen);
  const end = Date.now() + timeoutMs;
  try {
    while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
      if (await isListening(port)) return;
      await sleep(50);
    }
  } finally {
    // The streams go on flowing: a full pipe would stop the child.
    child.stderr?.off('data', listen).resume();
    child.stdout?.off('data', listen).resume();
  }
  throw new Error(`Nothing listens on port ${port}. The process last said:\n${said}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
