/** The connection to Drive: authentication, and how long to wait for the token endpoint. */
import { GoogleAuth, JWT, OAuth2Client } from 'google-auth-library';
import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { DriveIdentity, Settings } from '../core/config.ts';
import type { Deadline } from '../core/deadline.ts';
import { forgetRequest } from '../core/redact.ts';

/** Sufficient for names, folders, and changes. */
export const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
/** Requested only if embedded metadata is read, because it also grants access to file content. */
export const contentScope = 'https://www.googleapis.com/auth/drive.readonly';

/** The settings that the connection depends on. */
export type DriveSettings = Pick<Settings, 'driveIdentity' | 'googleApiRoot' | 'embeddedMetadata'>;

export interface Connection {
  api: drive_v3.Drive;
  /** Provides the access tokens for `api`. */
  auth: OAuth2Client | GoogleAuth;
  /** True until there is an access token. A call that times out before that was waiting for the token endpoint. */
  awaitsToken(): boolean;
  /** Cancels a token request that is still pending. */
  close(): void;
}

/** Returns the narrowest scope that these settings need. */
export function neededScope(embeddedMetadata: Settings['embeddedMetadata']): string {
  return embeddedMetadata === 'off' ? metadataScope : contentScope;
}

/** Opens a connection that is closed when the run ends. Connects to nothing before the first call. */
export function connect(
  { driveIdentity, googleApiRoot, embeddedMetadata }: DriveSettings,
  deadline: Deadline,
): Connection {
  const closed = new AbortController();
  const close = () => closed.abort();
  // The listener is removed with the connection, because an outage causes many connections in one run.
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

/**
 * Creates the auth client. A refresh token has fixed scopes; the other identities get the scopes they request. The
 * client calls the token endpoint on its own, with `transporterOptions`, so the signal in them cancels those calls.
 */
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

/** Makes the client request each token only once, without its own retries, and in a way that can be canceled. */
export function withPlainTokens<T extends OAuth2Client>(client: T): T {
  client.transporter.interceptors.request.add({
    async resolved(request) {
      if (request.method !== 'POST') return request;
      // The client's own fetch (node-fetch 3) throws an uncatchable error if a POST is aborted before it is sent.
      return Object.assign(request, { retry: false, retryConfig: undefined, fetchImplementation: fetch });
    },
  });
  return client;
}
