/**
 * `catalog-sync auth`: gets a refresh token for Drive in the browser and writes it to `.env.<environment>`.
 *
 * This is Google's flow for installed apps (RFC 8252): Google redirects the browser to a port on this machine, with a
 * state that ties the response to this attempt and a code that only this process can exchange (PKCE).
 */
import { randomBytes } from 'node:crypto';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { createDeadline } from '../../sync/core/deadline.ts';
import { messageOf, SyncError } from '../../sync/core/errors.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { contentScope } from '../../sync/drive/connection.ts';
import { CommandError } from '../shared/command-error.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { count } from '../shared/show.ts';
import { type Granted, prepareGrant } from './client.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { type Answer, openLoopback } from './loopback.ts';
import { setValueInFile } from './set-value.ts';
import { findAccount, tryFolder } from './try-token.ts';

export interface AuthOptions {
  environment: EnvironmentName;
  /** The folder that contains `.env.<environment>`. */
  root: string;
  /** Opens the consent page in the browser, if possible. */
  browse: (url: string) => void;
  say: (line: string) => void;
  /** Aborts when the person cancels. */
  signal: AbortSignal;
  /** How long to wait for the person. Default: 5 minutes. */
  timeoutMs?: number;
}

const defaultTimeoutMs = 5 * 60 * 1000;
/** The deadline for trying the new token, in seconds. */
const trialSeconds = 60;

/**
 * Gets a refresh token and writes it to the environment's file.
 *
 * @returns false if the token is saved but something is left to do, which has been printed
 * @throws CommandError if there is no token; the file is then unchanged
 */
export async function authorize(options: AuthOptions): Promise<boolean> {
  const { environment, root, say } = options;
  const inputs = readInputs(environment, root);
  const granted = await obtain(inputs, options);
  say(`\nSaved GOOGLE_REFRESH_TOKEN to ${inputs.fileName}.`);
  tellAboutTesting(granted, inputs, say);
  const isUsed = tellAboutIdentity(inputs, say);
  const isGood = await tellAboutToken(granted.refreshToken, inputs, say);
  if (isUsed && isGood) say(`To check everything else: npx catalog-sync doctor --env ${environment}`);
  return isUsed && isGood;
}

/** Waits for the person to allow access, and saves the token. */
async function obtain(
  inputs: Inputs,
  { browse, say, signal, timeoutMs = defaultTimeoutMs }: AuthOptions,
): Promise<Granted & { refreshToken: string }> {
  const state = randomBytes(32).toString('base64url');
  const canceled = new AbortController();
  const cancel = () =>
    canceled.abort(new CommandError(`\nCanceled. ${inputs.fileName} is unchanged.`, exitCodes.interrupted));
  const timer = setTimeout(
    () =>
      canceled.abort(
        new CommandError(
          `Timed out: no response within ${timeoutMs / 60_000} minutes. ${inputs.fileName} is unchanged. Run the command again.`,
        ),
      ),
    timeoutMs,
  );
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const loopback = await openLoopback(state, () =>
    say('Ignored a response that belongs to another attempt. Still waiting.'),
  );
  try {
    const grant = await prepareGrant(
      { ...inputs, redirectUri: loopback.redirectUri, signal: canceled.signal },
      inputs.scope,
      state,
    );
    say('Open this page, sign in with the account whose Drive contains the books, and allow access:');
    say(`\n  ${grant.url}\n`);
    say('Waiting for the response. Press Ctrl-C to cancel.');
    browse(grant.url);
    const answer = await untilAborted(loopback.answer, canceled.signal);
    return await take(answer, (code) => untilAborted(grant.exchange(code), canceled.signal), inputs);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    await loopback.close();
  }
}

/** Exchanges the code, checks the token and saves it. Shows the result in the browser too. */
async function take(
  answer: Answer,
  exchange: (code: string) => Promise<Granted>,
  inputs: Inputs,
): Promise<Granted & { refreshToken: string }> {
  try {
    if (answer.kind === 'denied') throw denied(answer.error, inputs);
    const granted = await exchange(answer.code);
    const { refreshToken } = granted;
    if (!granted.scopes.some((scope) => scope === inputs.scope || scope === contentScope))
      throw new CommandError(
        `Permission missing: ${inputs.scope} was not granted. Run the command again and leave the box of this permission checked.`,
      );
    if (!refreshToken)
      throw new CommandError(
        'Google returned no refresh token, only an access token that is valid for an hour. Remove this app at https://myaccount.google.com/connections, then run the command again.',
      );
    await save(refreshToken, inputs);
    await answer.show('Done', 'The token is saved. You can close this page.');
    return { ...granted, refreshToken };
  } catch (error) {
    await answer.show('Failed', 'See the terminal for the reason and what to do. You can close this page.');
    throw error;
  }
}

function denied(error: string, { consentPage }: Inputs): CommandError {
  if (error === 'access_denied')
    return new CommandError(
      `Access was denied in the browser. Nothing was changed. If Google blocked access because the consent screen is in "Testing", add the account as a test user: ${consentPage}`,
    );
  return new CommandError(
    `Google returned the error "${error.replace(/[^\w ]/g, '').slice(0, 60)}". Nothing was changed. Run the command again.`,
  );
}

const writeHints: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space',
  EDQUOT: 'the disk quota is used up. Free some space',
  EACCES: 'the folder is not writable. Change its permissions',
  EPERM: 'the folder is not writable. Change its permissions',
  EROFS: 'the disk is read-only. Make it writable',
};

async function save(refreshToken: string, { file, fileName }: Inputs): Promise<void> {
  try {
    await setValueInFile(file, 'GOOGLE_REFRESH_TOKEN', refreshToken);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A system error names the file and ours names the setting. Neither contains the token.
    const what =
      code === undefined
        ? `${messageOf(error)}. Edit the file`
        : (writeHints[code] ?? `writing failed with ${code}. Fix the cause`);
    throw new CommandError(
      `Could not save the token: ${what}, then run the command again. ${fileName} is unchanged.`,
    );
  }
}

function tellAboutTesting({ endsInDays }: Granted, { consentPage }: Inputs, say: AuthOptions['say']): void {
  say(
    endsInDays === undefined
      ? `If the consent screen is in "Testing", this token expires after 7 days. Check its publishing status and publish it: ${consentPage}`
      : `This token expires in ${count(endsInDays, 'day')}, because the consent screen is in "Testing". Publish it, then run the command again: ${consentPage}`,
  );
}

function tellAboutIdentity({ identity, fileName }: Inputs, say: AuthOptions['say']): boolean {
  if (identity === 'oauth') return true;
  say(`Set IDENTITY=oauth in ${fileName}. It is currently ${identity}, which does not use a refresh token.`);
  return false;
}

/** Tries the saved token, so that a token without access to the folder is reported now, not by a failed run later. */
async function tellAboutToken(
  refreshToken: string,
  { clientId, clientSecret, apiRoot, embeddedMetadata, folder }: Inputs,
  say: AuthOptions['say'],
): Promise<boolean> {
  const settings = {
    driveIdentity: { kind: 'oauth', clientId, clientSecret, refreshToken } as const,
    googleApiRoot: apiRoot,
    embeddedMetadata,
  };
  const deadline = createDeadline(trialSeconds, (trialSeconds * 1000) / 6);
  try {
    const whose = await findAccount(settings, deadline);
    say(whose ? `The token belongs to ${whose}.` : 'Drive accepts the token.');
    if (!folder) return true;
    await tryFolder(settings, folder, deadline);
    say('The token can access the folder.');
    return true;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const redact = createRedactor([clientSecret, refreshToken]);
    say(String(redact(`Token test failed: ${error.message}.\n${error.hint}`)));
    return false;
  } finally {
    deadline.end();
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Ignore a failure of work that is still in progress after the abort.
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
