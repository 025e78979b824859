/** Entry point of the command line: registers the commands, runs one of them, and turns errors into exit codes. */
import { Command, CommanderError } from 'commander';
import { addAuth } from './auth/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addPreview } from './preview/command.ts';
import { addSandbox } from './sandbox/command.ts';
import { CommandError } from './shared/command-error.ts';
import { exitCodes } from './shared/exit-codes.ts';
import { listenForLostOutput } from './shared/output.ts';
import { addStatus } from './status/command.ts';
import { addSync } from './sync/command.ts';

const program = new Command('catalog-sync')
  .description('Keeps a Firestore book catalog in sync with a Google Drive folder.')
  .showHelpAfterError('(run with --help for usage)')
  .configureHelp({ sortSubcommands: false })
  .addHelpText(
    'after',
    `
Examples:
  npx catalog-sync sync --env dev --dry-run    show what would change and what it would cost
  npx catalog-sync sync --env dev              apply the changes
  npx catalog-sync status --env dev            check whether anything needs attention
  npx catalog-sync doctor --env dev            find out what is wrong and how to fix it
  npx catalog-sync auth --env dev              get a refresh token for Drive in the browser
  npx catalog-sync sync --help                 show help for one command

Exit codes: 0 success, 1 failure, 2 invalid usage or settings, 3 action needed, 130 interrupted (Ctrl-C).`,
  );
program.exitOverride();
listenForLostOutput();
for (const add of [addSync, addStatus, addDoctor, addAuth, addPreview, addSandbox]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOfError(error);
}

/** Prints an expected error and returns its exit code. Rethrows any other, so that it keeps its stack trace. */
function exitCodeOfError(error: unknown): number {
  // Commander has already printed the help or the usage error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  return error.exitCode;
}
