/** The `catalog-sync auth` command. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { projectRoot } from '../shared/project-root.ts';

export function addAuth(program: Command): void {
  program
    .command('auth')
    .description('Get a refresh token for Drive in the browser, and save it to .env.<environment>.')
    .addOption(environmentOption())
    .option('--no-browser', 'only print the URL of the page to open')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync auth --env dev
  npx catalog-sync auth --env dev --no-browser

The file must contain the OAuth client (GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET). The browser must run on this machine,
because Google redirects it to a local port.

Exit codes: 0 token saved, 1 no token, 2 invalid usage or settings, 3 token saved but action needed, 130 interrupted
(Ctrl-C).`,
    )
    .action(async ({ env, browser }: { env: EnvironmentName; browser: boolean }) => {
      const { authorize } = await import('./auth.ts');
      const { hideSecretsInCrashes } = await import('../shared/environment.ts');
      hideSecretsInCrashes(env);
      const canceled = new AbortController();
      process.once('SIGINT', () => canceled.abort());
      process.once('SIGTERM', () => canceled.abort());
      const isDone = await authorize({
        environment: env,
        root: projectRoot,
        browse: browser ? openBrowser : () => {},
        say: (line) => console.log(line),
        signal: canceled.signal,
      });
      if (!isDone) process.exitCode = exitCodes.attention;
    });
}

/** Opens the browser. Ignores errors, because the URL has been printed. */
function openBrowser(url: string): void {
  import('open')
    .then(({ default: open }) => open(url))
    .then((child) => child.once('error', () => {}))
    .catch(() => {});
}
