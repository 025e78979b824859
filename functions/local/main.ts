/** The command line: what a person types, and the sentence they get where it cannot be done. */
import { Command, CommanderError } from 'commander';
import { CommandError } from './command-error.ts';
import { addAuth } from './commands/auth.ts';
import { addDoctor } from './commands/doctor.ts';
import { addPreview } from './commands/preview.ts';
import { addSandbox } from './commands/sandbox.ts';
import { exitCodes } from './exit-codes.ts';
import { PreviewError } from './preview.ts';
import { DirectoryError } from './sandbox/disk.ts';

const program = new Command('catalog-sync')
  .description('Keeps a Firestore book catalog true to a Google Drive folder.')
  .showHelpAfterError('(run with --help to see what is possible)')
  .configureHelp({ sortSubcommands: false });
program.exitOverride();
for (const add of [addPreview, addSandbox, addDoctor, addAuth]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what is wrong, where it has not been said yet. An error nobody foresaw keeps its stack trace. */
function exitCodeOf(error: unknown): number {
  // Commander has printed the help, or what is wrong with the options.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CommandError) {
    console.error(error.message);
    return error.exitCode;
  }
  if (!(error instanceof DirectoryError || error instanceof PreviewError)) throw error;
  console.error(error.message);
  return exitCodes.failed;
}
