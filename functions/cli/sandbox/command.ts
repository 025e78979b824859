/** The `catalog-sync sandbox` command, which `npm start` runs. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { exitCodes } from '../shared/exit-codes.ts';
import { projectRoot } from '../shared/project-root.ts';

export function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('Run the deployed function on this machine and build a catalog from a directory of books.')
    .addOption(
      new Option('--library <directory>', 'directory of books').default(
        path.join(projectRoot, 'library'),
        'the samples in library/',
      ),
    )
    .option('--watch', 'keep running, and sync again whenever the directory changes', false)
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
        // Ctrl-C also stops the child processes, so any step can fail at that moment.
        if (ended.signal.aborted) return false;
        throw error;
      });
      if (ended.signal.aborted) {
        console.log('Stopped.');
        process.exitCode = exitCodes.interrupted;
      } else if (!isDone) process.exitCode = exitCodes.failed;
    });
}
