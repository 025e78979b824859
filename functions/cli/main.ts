/** The command line: what a person types, and the sentence they get where it cannot be done. */
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
  .description('Keeps a Firestore book catalog true to a Google Drive folder.')
  .showHelpAfterError('(run with --help to see what is possible)')
  .configureHelp({ sortSubcommands: false })
  .addHelpText(
    'after',
    `
Examples:
  npx catalog-sync sync --env dev --dry-run    what would change, and what it would cost
  npx catalog-sync sync --env dev              change it
  npx catalog-sync status --env dev            is all well?
  npx catalog-sync doctor --env dev            if not, why?
  npx catalog-sync auth --env dev              a refresh token for Drive, by way of the browser
  npx catalog-sync sync --help                 more of one command

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 a person has to decide or mend something, 130 ended by Ctrl-C.`,
  );
program.exitOverride();
listenForLostOutput();
for (const add of [addSync, addStatus, addDoctor, addAuth, addPreview, addSandbox]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOfError(error);
}

/** Says what is wrong, where it has not been said yet. An error nobody foresaw keeps its stack trace. */
function exitCodeOfError(error: unknown): number {
  // Commander has printed the help, or what is wrong with the options.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  return error.exitCode;
}
