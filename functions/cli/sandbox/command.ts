/** `catalog-sync sandbox`, which is what `npm start` runs. */
import path from 'node:path';
import type { Command } from 'commander';
import { exitCodes } from '../shared/exit-codes.ts';
import { projectRoot } from '../shared/project-root.ts';

export function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('Run the deployed function on this machine: a directory of books becomes a catalog.')
    .option(
      '--library <directory>',
      'the directory of books (default: the samples in library/)',
      path.join(projectRoot, 'library'),
    )
    .option('--watch', 'stay up, and run again whenever the directory changes', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npm start\n  npm start -- --library ~/Books\n  npm start -- --library ~/Books --watch',
    )
    .action(async ({ library, watch }: { library: string; watch: boolean }) => {
      const { start } = await import('./start.ts');
      const ended = new AbortController();
      process.once('SIGINT', () => ended.abort());
      process.once('SIGTERM', () => ended.abort());
      const isDone = await start({ library, watch, signal: ended.signal }).catch((error) => {
        // Ctrl-C ends what it works with as well, wherever it is just then.
        if (ended.signal.aborted) return false;
        throw error;
      });
      if (ended.signal.aborted) process.exitCode = exitCodes.interrupted;
      else if (!isDone) process.exitCode = exitCodes.failed;
    });
}
