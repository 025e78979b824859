/** Google's OAuth client, as the authorization flow uses it. */
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { forgetRequest } from '../../sync/core/redact.ts';
import { withPlainTokens } from '../../sync/drive/connection.ts';
import { driveError } from '../../sync/drive/errors.ts';
import { CommandError } from '../shared/command-error.ts';

export interface ClientOptions {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** The server to use instead of Google: the Drive emulator. */
  apiRoot: string | undefined;
  signal: AbortSignal;
}

/** What Google returned for an authorization code. */
export interface Granted {
  refreshToken: string | undefined;
  scopes: string[];
  /** In how many days the refresh token expires, if Google says so. */
  endsInDays: number | undefined;
}

/** The page for the person to open, and the exchange of the resulting code for tokens. */
export interface Grant {
  url: string;
  /** @throws CommandError if Google rejects the code */
  exchange(code: string): Promise<Granted>;
}

/** Prepares one attempt, with a new PKCE verifier and the page to open. */
export async function prepareGrant(options: ClientOptions, scope: string, state: string): Promise<Grant> {
  const { clientId, clientSecret, redirectUri, apiRoot, signal } = options;
  const client = withPlainTokens(
    new OAuth2Client({
      clientId,
      clientSecret,
      redirectUri,
      transporterOptions: { signal, errorRedactor: forgetRequest },
      ...(apiRoot
        ? {
            endpoints: {
              oauth2AuthBaseUrl: `${apiRoot}/o/oauth2/v2/auth`,
              oauth2TokenUrl: `${apiRoot}/token`,
            },
          }
        : {}),
    }),
  );
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  const url = client.generateAuthUrl({
    access_type: 'offline',
    // Google returns a refresh token only after a consent, and skips the consent if there was an earlier one.
    prompt: 'consent',
    scope,
    state,
    code_challenge: codeChallenge ?? '',
    code_challenge_method: CodeChallengeMethod.S256,
  });
  return {
    url,
    async exchange(code) {
      const { tokens } = await client.getToken({ code, codeVerifier }).catch((error) => {
        throw refusal(error);
      });
      const { refresh_token_expires_in: seconds } = tokens as { refresh_token_expires_in?: unknown };
      return {
        refreshToken: tokens.refresh_token ?? undefined,
        scopes: tokens.scope?.split(' ') ?? [],
        endsInDays: typeof seconds === 'number' ? Math.round(seconds / 86_400) : undefined,
      };
    },
  };
}

/** Hints for a rejected code. Other errors keep the hint that they have for any token. */
const hints: Record<string, string> = {
  invalid_grant: 'A code can be used once and expires after a few minutes. Run the command again.',
  invalid_client:
    'Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: both are on the page of the OAuth client in the Google Cloud console.',
  redirect_uri_mismatch: 'Use an OAuth client of type "Desktop app".',
};

function refusal(error: unknown): CommandError {
  const { message, hint, reason } = driveError(error, 'exchanging the authorization code');
  return new CommandError(`${message}.\n${hints[reason ?? ''] ?? hint}`);
}
