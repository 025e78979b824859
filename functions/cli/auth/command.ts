/** `catalog-sync auth`. */
import type { Command } from 'commander';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { environmentOption } from '../shared/environment-option.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { projectRoot } from '../shared/project-root.ts';

export function addAuth(program: Command): void {
  program
    .command('auth')
    .description('Get a refresh token for Drive in the browser, and write it into .env.<environment>.')
    .addOption(environmentOption())
    .option('--no-browser', 'only print the address of the page to open')
    .addHelpText(
      'after',
      `
Examples:
  npx catalog-sync auth --env dev
  npx catalog-sync auth --env dev --no-browser

The OAuth client (GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET) must be in the file. The browser has to be on this machine: it
is sent back to a port of it.

Exit codes: 0 saved, 1 no token, 2 wrong usage or settings, 3 saved, but something is left to do, 130 ended by Ctrl-C.`,
    )
    .action(async ({ env, browser }: { env: EnvironmentName; browser: boolean }) => {
      const { authorize } = await import('./auth.ts');
      const { hideSecretsInCrashes } = await import('../shared/environment.ts');
      hideSecretsInCrashes(env);
      const given = new AbortController();
      process.once('SIGINT', () => given.abort());
      process.once('SIGTERM', () => given.abort());
      const isDone = await authorize({
        environment: env,
        root: projectRoot,
        browse: browser ? openBrowser : () => {},
        say: (line) => console.log(line),
        signal: given.signal,
      });
      if (!isDone) process.exitCode = exitCodes.attention;
    });
}

/** The address was printed, so a machine without a browser needs no word about it. */
function openBrowser(url: string): void {
  import('open')
    .then(({ default: open }) => open(url))
    .then((child) => child.once('error', () => {}))
    .catch(() => {});
}
