/** The `catalog-sync preview` command. */
import { type Command, Option } from 'commander';
import type { EmbeddedMode } from '../../sync/core/book.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { withoutReaders } from '../shared/output.ts';

export function addPreview(program: Command): void {
  program
    .command('preview')
    .description(
      'Show what the catalog would contain for these files. Makes no network calls and changes nothing.',
    )
    .argument(
      '<source>',
      'directory of books, single book, file with one name per line, or - for standard input',
    )
    .option('--json', 'print one JSON object per line instead of a table', false)
    .addOption(
      new Option('--embedded <mode>', 'also read the content of the books, as with EMBEDDED_METADATA')
        .choices(['off', 'fill', 'prefer'])
        .default('off'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm run preview -- ~/Books --embedded fill\n  npm run --silent preview -- names.txt --json\n  ls ~/Books | npm run --silent preview -- -',
    )
    .action(async (source: string, options: { json: boolean; embedded: EmbeddedMode }) => {
      withoutReaders('exit');
      // Without a listener the signal would end the process before it removes its temporary files.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        process.once(signal, () => process.exit(exitCodes.interrupted));
      const { preview } = await import('./preview.ts');
      await preview({ source, ...options });
    });
}
