/** Reports uncaught errors without secrets and exits. */
import { messageOf } from '../../sync/core/errors.ts';
import type { Redact } from '../../sync/core/redact.ts';
import { exitCodes } from './exit-codes.ts';

/** Prints the stack trace of every later crash through the redactor. Node itself would print it unredacted. */
export function listenForCrashes(redact: Redact): void {
  for (const crash of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(crash, (error: unknown) => {
      const stack = error instanceof Error && error.stack ? error.stack : messageOf(error);
      console.error(redact(`Unexpected error. Please report it with these lines:\n${stack}`));
      process.exit(exitCodes.failed);
    });
}
