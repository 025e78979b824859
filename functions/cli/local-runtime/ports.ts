/** Finds a port for a process that must know its port before it listens. */
import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

/**
 * Returns a port that is free now, below the range of ephemeral ports (Linux from 32,768, others from 49,152). A
 * connection or another server could take an ephemeral port before the process listens on it.
 */
export function getFreePort(): Promise<number> {
  const from = randomInt(10_000, 32_000);
  return getPort({ port: portNumbers(from, from + 500) });
}
