/** What becomes of a command whose output cannot be written any more: its reader has gone, or the disk is full. */
import { exitCodes } from './exit-codes.ts';

type Losing = 'goes on' | 'ends';
let losing: Losing = 'goes on';
/** True once output was lost for another reason than a reader who has gone. */
let isLost = false;

/**
 * A command that changes or checks something goes on without output to its own end and exit code: a run that were
 * cut off by `| head` would have told nobody. `'ends'` is for a command that is nothing but its output.
 */
export function withoutReaders(what: Losing): void {
  losing = what;
}

/** From now on output that is lost is no crash. What was lost for another reason than a reader who has gone fails the command. */
export function listenForLostOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (losing === 'ends') process.exit(process.exitCode ?? exitCodes.ok);
        return;
      }
      if (stream === process.stdout && !isLost)
        console.error(`The output cannot be written: ${error.message}`);
      isLost = true;
    });
  process.on('exit', (code) => {
    if (isLost && code === exitCodes.ok) process.exitCode = exitCodes.failed;
  });
}
