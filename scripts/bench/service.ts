/** A process beside the measured one: it says in its first line, as JSON, where it is to be found. */
import { createInterface } from 'node:readline';
import { spawnChild } from '../../functions/cli/local-runtime/child-process.ts';

/**
 * Starts a script and waits for its first line.
 *
 * @throws Error where the process ends before
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
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', () => reject(new Error(`${script} ended before it was ready:\n${said}`)));
  });
  return { facts: JSON.parse(line) as T, stop };
}
