/** The error for problems that the person who ran the command can fix. */
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Its message is printed without a stack trace, and the process exits with `exitCode`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
