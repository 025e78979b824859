/** `catalog-sync preview`. */
import { type Command, Option } from 'commander';
import type { EmbeddedMode } from '../../sync/core/book.ts';
import { withoutReaders } from '../shared/output.ts';

export function addPreview(program: Command): void {
  program
    .command('preview')
    .description('Show what the catalog would hold for these files. Contacts nothing, changes nothing.')
    .argument(
      '<source>',
      'a directory of books, one book, a file with one name a line, or - for standard input',
    )
    .option('--json', 'one JSON object a line instead of a table', false)
    .addOption(
      new Option('--embedded <mode>', 'read the books of a directory too, as EMBEDDED_METADATA would')
        .choices(['off', 'fill', 'prefer'])
        .default('off'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm run preview -- ~/Books --embedded fill\n  npm run --silent preview -- names.txt --json\n  ls ~/Books | npm run --silent preview -- -',
    )
    .action(async (source: string, options: { json: boolean; embedded: EmbeddedMode }) => {
      withoutReaders('ends');
      const { preview } = await import('./preview.ts');
      await preview({ source, ...options });
    });
}
