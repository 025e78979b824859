/**
 * `catalog-sync auth`: a refresh token for Drive, by way of a person's browser, into `.env.<environment>`.
 *
 * The flow is Google's for installed programs (RFC 8252): the browser comes back to a port of this machine, with a
 * state that makes the answer ours and a code that only this process can exchange (PKCE).
 */
import { randomBytes } from 'node:crypto';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { createDeadline } from '../../sync/core/deadline.ts';
import { messageOf, SyncError } from '../../sync/core/errors.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import { contentScope } from '../../sync/drive/connection.ts';
import { CommandError } from '../shared/command-error.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { type Granted, prepareGrant } from './client.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { type Answer, openLoopback } from './loopback.ts';
import { setValueInFile } from './set-value.ts';
import { askWhose, tryFolder } from './try-token.ts';

export interface AuthOptions {
  environment: EnvironmentName;
  /** The folder `.env.<environment>` lies in. */
  root: string;
  /** Opens the page for the person, where that can be done. */
  browse: (url: string) => void;
  say: (line: string) => void;
  /** Aborts when the person gives up. */
  signal: AbortSignal;
  /** How long the person may take. Default: 5 minutes. */
  timeoutMs?: number;
}

const patienceMs = 5 * 60 * 1000;
/** For looking at the folder with the new token, in seconds. */
const trialSeconds = 60;

/**
 * Gets a refresh token and writes it into the environment's file.
 *
 * @returns false where the token is saved, but something is left to do, which was said
 * @throws CommandError where there is no token; the file is then as it was
 */
export async function authorize(options: AuthOptions): Promise<boolean> {
  const { environment, root, say } = options;
  const inputs = readInputs(environment, root);
  const granted = await obtain(inputs, options);
  say(`\nSaved GOOGLE_REFRESH_TOKEN in ${inputs.fileName}.`);
  tellAboutTesting(granted, inputs, say);
  const isUsed = tellAboutIdentity(inputs, say);
  const isGood = await tellAboutToken(granted.refreshToken, inputs, say);
  if (isUsed && isGood) say(`Check the rest: npx catalog-sync doctor --env ${environment}`);
  return isUsed && isGood;
}

/** From the browser to the file. */
async function obtain(
  inputs: Inputs,
  { browse, say, signal, timeoutMs = patienceMs }: AuthOptions,
): Promise<Granted & { refreshToken: string }> {
  const state = randomBytes(32).toString('base64url');
  const over = new AbortController();
  const giveUp = () =>
    over.abort(new CommandError(`\nGiven up; ${inputs.fileName} is as it was.`, exitCodes.interrupted));
  const timer = setTimeout(
    () =>
      over.abort(
        new CommandError(
          `Nobody answered within ${timeoutMs / 60_000} minutes; ${inputs.fileName} is as it was. Start again.`,
        ),
      ),
    timeoutMs,
  );
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  const loopback = await openLoopback(state, () =>
    say('An answer came that belongs to another attempt; it is passed over. Still waiting.'),
  );
  try {
    const grant = await prepareGrant(
      { ...inputs, redirectUri: loopback.redirectUri, signal: over.signal },
      inputs.scope,
      state,
    );
    say('Open this page as the person whose Drive holds the books, and allow it:');
    say(`\n  ${grant.url}\n`);
    say('Waiting for the answer. Ctrl-C gives up.');
    browse(grant.url);
    const answer = await untilAborted(loopback.answer, over.signal);
    return await take(answer, (code) => untilAborted(grant.exchange(code), over.signal), inputs);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    await loopback.close();
  }
}

/** Exchanges, judges and saves what the person gave; the browser is told as well. */
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
        `The permission was left out: needed is ${inputs.scope}. Start again and leave its box ticked.`,
      );
    if (!refreshToken)
      throw new CommandError(
        'Google gave no refresh token, only one for an hour. Take the access of this program away at https://myaccount.google.com/connections, and start again.',
      );
    await save(refreshToken, inputs);
    await answer.show('Done', 'The token is saved. This page can be closed.');
    return { ...granted, refreshToken };
  } catch (error) {
    await answer.show('Not done', 'The terminal says why, and what to do. This page can be closed.');
    throw error;
  }
}

function denied(error: string, { consentPage }: Inputs): CommandError {
  if (error === 'access_denied')
    return new CommandError(
      `Access was denied in the browser; nothing was changed. If Google blocked it, the account must be a test user while the consent screen is in "Testing": ${consentPage}`,
    );
  return new CommandError(
    `Google answered the browser with "${error.replace(/[^\w ]/g, '').slice(0, 60)}"; nothing was changed. Start again.`,
  );
}

const writeHints: Record<string, string> = {
  ENOSPC: 'The disk is full: make room',
  EDQUOT: 'The disk quota is used up: make room',
  EACCES: 'The folder may not be written: change that',
  EPERM: 'The folder may not be written: change that',
  EROFS: 'The disk is read-only: change that',
};

async function save(refreshToken: string, { file, fileName }: Inputs): Promise<void> {
  try {
    await setValueInFile(file, 'GOOGLE_REFRESH_TOKEN', refreshToken);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // The system's message names the file, ours the name of the value; neither holds the token.
    const what = code === undefined ? messageOf(error) : (writeHints[code] ?? `Writing failed with ${code}`);
    throw new CommandError(
      `The token could not be saved. ${what}, then start again. ${fileName} is as it was.`,
    );
  }
}

function tellAboutTesting({ endsInDays }: Granted, { consentPage }: Inputs, say: AuthOptions['say']): void {
  say(
    endsInDays === undefined
      ? `If the consent screen is in "Testing", this token dies after 7 days. Look, and publish it: ${consentPage}`
      : `This token dies in ${endsInDays} days, because the consent screen is in "Testing". Publish it and start again: ${consentPage}`,
  );
}

function tellAboutIdentity({ identity, fileName }: Inputs, say: AuthOptions['say']): boolean {
  if (identity === 'oauth') return true;
  say(`Set IDENTITY=oauth in ${fileName}: it is ${identity}, which does not use a refresh token.`);
  return false;
}

/** A saved token that does not reach the folder is worth a sentence now rather than a failed run later. */
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
    const whose = await askWhose(settings, deadline);
    say(whose ? `It is a token of ${whose}.` : 'Drive takes it.');
    if (!folder) return true;
    await tryFolder(settings, folder, deadline);
    say('It shows the folder.');
    return true;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const redact = createRedactor([clientSecret, refreshToken]);
    say(String(redact(`But with it: ${error.message}.\n${error.hint}`)));
    return false;
  } finally {
    deadline.end();
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // What is still under way when the time is over fails unheard.
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
