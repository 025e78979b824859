/** Google's OAuth client, as the flow uses it. */
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { forgetRequest } from '../../sync/core/redact.ts';
import { withPlainTokens } from '../../sync/drive/connection.ts';
import { driveError } from '../../sync/drive/errors.ts';
import { CommandError } from '../shared/command-error.ts';

export interface ClientOptions {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Another server that speaks for Google: the sandbox. */
  apiRoot: string | undefined;
  signal: AbortSignal;
}

/** What a code brought. */
export interface Granted {
  refreshToken: string | undefined;
  scopes: string[];
  /** In how many days the refresh token ends by itself, where Google says so. */
  endsInDays: number | undefined;
}

/** Where the person is sent, and what turns their answer into tokens. */
export interface Grant {
  url: string;
  /** @throws CommandError where Google refuses the code */
  exchange(code: string): Promise<Granted>;
}

/** Prepares one attempt: a new verifier, and the page to open for it. */
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
    // Google gives a refresh token only with a consent, and remembers an earlier one.
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

/** What helps where the code is refused; the rest is as for any token. */
const hints: Record<string, string> = {
  invalid_grant: 'A code is good once and for a few minutes. Start again.',
  invalid_client:
    'Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: both stand on the page of the OAuth client in the console.',
  redirect_uri_mismatch: 'The OAuth client must be of the type "Desktop app".',
};

function refusal(error: unknown): CommandError {
  const { message, hint, reason } = driveError(error, 'exchanging the code');
  return new CommandError(`${message}.\n${hints[reason ?? ''] ?? hint}`);
}
