/** Ctrl-C: once ends the work at its next safe point, twice ends the process. */
import { exitCodes } from '../shared/exit-codes.ts';

/** npm passes a signal on to a process that the terminal has sent it to already; within this time it is the same one. */
const sameSignalMs = 400;

export interface Interruption {
  /** Aborts with the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** From now on signals do what they do by themselves. */
  stop(): void;
}

/** Listens to SIGINT and SIGTERM. @param onFirst says that the end is near, and how to have it at once */
export function listenForInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController();
  let first: number | undefined;
  function hear(): void {
    if (first !== undefined && performance.now() - first < sameSignalMs) return;
    if (first !== undefined) process.exit(exitCodes.interrupted);
    first = performance.now();
    onFirst();
    controller.abort();
  }
  process.on('SIGINT', hear).on('SIGTERM', hear);
  return {
    signal: controller.signal,
    stop: () => void process.off('SIGINT', hear).off('SIGTERM', hear),
  };
}
