/** What keeps a command from being done, in words for the person who typed it. */
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Printed without a stack trace; the process then ends with `exitCode`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
