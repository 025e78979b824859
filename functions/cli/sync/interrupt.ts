/** Handles Ctrl-C: the first one stops the work at the next safe point, the second one ends the process. */
import { exitCodes } from '../shared/exit-codes.ts';

/** npm forwards a signal that the terminal has already sent. A repeat within this time is the same signal. */
const sameSignalMs = 400;

export interface Interruption {
  /** Aborts on the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Stops listening and restores the default behavior of the signals. */
  stop(): void;
}

/** Listens for SIGINT and SIGTERM. @param onFirst called on the first one, to say how to stop immediately */
export function listenForInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController();
  let first: number | undefined;
  function handleSignal(): void {
    if (first !== undefined && performance.now() - first < sameSignalMs) return;
    if (first !== undefined) process.exit(exitCodes.interrupted);
    first = performance.now();
    onFirst();
    controller.abort();
  }
  process.on('SIGINT', handleSignal).on('SIGTERM', handleSignal);
  return {
    signal: controller.signal,
    stop: () => void process.off('SIGINT', handleSignal).off('SIGTERM', handleSignal),
  };
}
