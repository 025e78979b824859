/** Child processes that end with this process, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Kills the child when standard input closes. The kernel closes it even if this process is killed with SIGKILL. */
const guard =
  'exec 3<&0; "$@" </dev/null & child=$!; { cat <&3 >/dev/null; kill $child 2>/dev/null; } & wait $child';

export interface Tethered {
  process: ChildProcess;
  /** Stops the child and waits until it has exited. */
  stop(): Promise<void>;
}

/** Starts a command that ends with this process, even if this process is killed. Needs a POSIX shell. */
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
 * @throws Error with the child's last output if the child exits first or does not listen within `timeoutMs`
 */
export async function waitForPort(port: number, child: ChildProcess, timeoutMs = 30_000): Promise<void> {
  let output = '';
  const listen = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
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
    // Keep the streams flowing: a full pipe would block the child.
    child.stderr?.off('data', listen).resume();
    child.stdout?.off('data', listen).resume();
  }
  throw new Error(`Nothing is listening on port ${port}. Last output of the process:\n${output}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
