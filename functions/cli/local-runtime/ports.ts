/** A port for a process that has to be told one before it listens. */
import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

/**
 * A port that is free now, below those that systems give out by themselves (Linux from 32,768, others from 49,152):
 * one of these might be taken, by a connection or another server, before the process has come to listen on it.
 */
export function getFreePort(): Promise<number> {
  const from = randomInt(10_000, 32_000);
  return getPort({ port: portNumbers(from, from + 500) });
}
