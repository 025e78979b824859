/** Handles output that can no longer be written, because the reader closed the pipe or the disk is full. */
import { exitCodes } from './exit-codes.ts';

type WhenLost = 'continue' | 'exit';
let whenLost: WhenLost = 'continue';
/** True once output was lost for any reason other than a closed pipe. */
let isLost = false;

/**
 * Sets what a command does when the reader of its output closes the pipe. By default it continues without output and
 * keeps its own exit code, because `| head` must not cut off a run before it can report its outcome. `'exit'` is for a
 * command that only prints something.
 */
export function withoutReaders(what: WhenLost): void {
  whenLost = what;
}

/** Keeps lost output from crashing the process. Unless the reader closed the pipe, the command then fails. */
export function listenForLostOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (whenLost === 'exit') process.exit(process.exitCode ?? exitCodes.ok);
        return;
      }
      if (stream === process.stdout && !isLost) console.error(`Cannot write the output: ${error.message}`);
      isLost = true;
    });
  process.on('exit', (code) => {
    if (isLost && code === exitCodes.ok) process.exitCode = exitCodes.failed;
  });
}
