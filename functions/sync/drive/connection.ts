/** The connection to Drive: who asks, and how long the token endpoint may take. */

import { GoogleAuth, JWT, OAuth2Client } from 'google-auth-library';
import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { DriveIdentity, Settings } from '../core/config.ts';
import type { Deadline } from '../core/deadline.ts';
import { forgetRequest } from '../core/redact.ts';

/** Enough for names, folders and changes. */
export const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
/** Asked for only where embedded metadata is read: it shows the files' content too. */
export const contentScope = 'https://www.googleapis.com/auth/drive.readonly';

/** What of the settings the connection follows. */
export type DriveSettings = Pick<Settings, 'driveIdentity' | 'googleApiRoot' | 'embeddedMetadata'>;

export interface Connection {
  api: drive_v3.Drive;
  /** Whose tokens `api` sends along. */
  auth: OAuth2Client | GoogleAuth;
  /** True until there is an access token: whoever does not answer until then is not Drive. */
  awaitsToken(): boolean;
  /** Gives up a token that is still waited for. */
  close(): void;
}

/** The narrowest scope that shows what these settings read. */
export function neededScope(embeddedMetadata: Settings['embeddedMetadata']): string {
  return embeddedMetadata === 'off' ? metadataScope : contentScope;
}

/** Opens a connection, which is closed with the run. Nothing is contacted before the first question. */
export function connect(
  { driveIdentity, googleApiRoot, embeddedMetadata }: DriveSettings,
  deadline: Deadline,
): Connection {
  const closed = new AbortController();
  const close = () => closed.abort();
  // Forgotten with the connection: an outage makes many of them in one run.
  deadline.signal.addEventListener('abort', close, { once: true, signal: closed.signal });
  const scopes = [neededScope(embeddedMetadata)];
  const auth = authenticate(driveIdentity, googleApiRoot, scopes, closed.signal);
  const api = new drive_v3.Drive({ auth, ...(googleApiRoot ? { rootUrl: googleApiRoot } : {}) });
  const awaitsToken = () => {
    const client = auth instanceof GoogleAuth ? auth.cachedCredential : auth;
    return !client?.credentials.access_token;
  };
  return { api, auth, awaitsToken, close };
}

/** Who asks. A refresh token brings its own scopes; the other identities are given those they ask for. The token endpoint is asked behind our back, with these options: the signal ends that. */
function authenticate(
  identity: DriveIdentity,
  root: string | undefined,
  scopes: string[],
  signal: AbortSignal,
): OAuth2Client | GoogleAuth {
  const transporterOptions = { signal, errorRedactor: forgetRequest };
  switch (identity.kind) {
    case 'oauth': {
      const client = new OAuth2Client({
        clientId: identity.clientId,
        clientSecret: identity.clientSecret,
        transporterOptions,
        ...(root ? { endpoints: { oauth2TokenUrl: `${root}/token` } } : {}),
      });
      client.setCredentials({ refresh_token: identity.refreshToken });
      return withPlainTokens(client);
    }
    case 'service-account':
      return withPlainTokens(
        new JWT({
          email: identity.clientEmail,
          key: identity.privateKey,
          scopes,
          transporterOptions,
        }),
      );
    case 'keyless':
      return new GoogleAuth({ scopes, clientOptions: { transporterOptions } });
  }
}

/** Asks for tokens once, where the client would try several times by itself, and in a way that can be given up. */
export function withPlainTokens<T extends OAuth2Client>(client: T): T {
  client.transporter.interceptors.request.add({
    async resolved(request) {
      if (request.method !== 'POST') return request;
      // The client's own fetch (node-fetch 3) throws where nobody can catch it when a POST is aborted before it is sent.
      return Object.assign(request, { retry: false, retryConfig: undefined, fetchImplementation: fetch });
    },
  });
  return client;
}
