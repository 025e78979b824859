/** Starts a process next to the measured one. Its first line of output is JSON that says how to reach it. */
import { createInterface } from 'node:readline';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';

/**
 * Starts a script and waits for its first line.
 *
 * @throws Error if the process ends before that
 */
export async function startService<T>(
  script: string,
  order?: object,
): Promise<{ facts: T; stop(): Promise<void> }> {
  const { process: child, stop } = spawnChild(
    process.execPath,
    ['--max-old-space-size=8192', script, ...(order ? [JSON.stringify(order)] : [])],
    process.env,
  );
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
  });
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', () => reject(new Error(`${script} ended before it was ready:\n${output}`)));
  });
  return { facts: JSON.parse(line) as T, stop };
}
