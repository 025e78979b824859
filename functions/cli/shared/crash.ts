/** What nobody caught: told without a secret, and the process ends. */
import { messageOf } from '../../sync/core/errors.ts';
import type { Redact } from '../../sync/core/redact.ts';
import { exitCodes } from './exit-codes.ts';

/** From now on a crash prints its stack through the redactor, which Node would not do. */
export function listenForCrashes(redact: Redact): void {
  for (const crash of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(crash, (error: unknown) => {
      const stack = error instanceof Error && error.stack ? error.stack : messageOf(error);
      console.error(redact(`This is not expected. Report it with these lines:\n${stack}`));
      process.exit(exitCodes.failed);
    });
}
