/** Emulates Google's OAuth token and tokeninfo endpoints, and checks the access tokens of Drive calls. */
import { createVerify, type KeyLike } from 'node:crypto';
import type { Method } from '../api/params.ts';
import { insufficientScopes, invalidCredentials, OAuthError } from '../errors.ts';
import { IdSource } from '../model/ids.ts';
import { Consent, type ConsentOptions } from './consent.ts';

const scopeRoot = 'https://www.googleapis.com/auth/';
const contentScopes = [`${scopeRoot}drive`, `${scopeRoot}drive.readonly`];
const metadataScopes = [
  ...contentScopes,
  `${scopeRoot}drive.metadata`,
  `${scopeRoot}drive.metadata.readonly`,
];

/** What the token endpoint checks and grants. Credentials that are not set are not checked. */
export interface OAuthOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
  /** The key that verifies the signature of a service account's assertion (PEM or key object). */
  readonly publicKey?: KeyLike;
  /** The `iss` claim required in a service account's assertion. */
  readonly clientEmail?: string;
  /** The scopes of a refresh token. Default: `drive.readonly`. An assertion is granted the scopes it requests. */
  readonly scopes?: readonly string[];
  /** Lifetime of an access token. Default: 3600. */
  readonly lifetimeSeconds?: number;
  readonly consent?: ConsentOptions;
}

interface Grant {
  readonly scopes: readonly string[];
  readonly expiresMs: number;
}

/** Issues and checks access tokens. */
export class OAuth {
  readonly #grants = new Map<string, Grant>();
  /** The scopes of the refresh tokens issued through the consent screen. */
  readonly #consented = new Map<string, readonly string[]>();
  readonly #consent: Consent;
  readonly #ids = new IdSource('access tokens');
  readonly #options: OAuthOptions;
  readonly #nowMs: () => number;

  constructor(options: OAuthOptions, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#consent = new Consent(options.consent ?? {}, nowMs);
  }

  /** Issues an access token without checking credentials. */
  issue(grant: { scopes?: readonly string[]; lifetimeSeconds?: number } = {}): string {
    const lifetime = grant.lifetimeSeconds ?? this.#options.lifetimeSeconds ?? 3600;
    const scopes = grant.scopes ?? this.#options.scopes ?? [`${scopeRoot}drive.readonly`];
    const token = `ya29.emulator-${this.#ids.next()}`;
    this.#grants.set(token, { scopes, expiresMs: this.#nowMs() + lifetime * 1000 });
    return token;
  }

  /** Invalidates every access token issued so far. */
  expireAll(): void {
    this.#grants.clear();
  }

  /**
   * Checks the `Authorization` header of a call.
   * @throws DriveError 401 `authError` for a missing, unknown or expired token; 403 for a token whose scopes do not
   *   cover the call
   */
  check(header: string | undefined, method: Method): void {
    const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1] ?? '';
    const grant = this.#grants.get(token);
    if (grant === undefined || grant.expiresMs <= this.#nowMs()) throw invalidCredentials();
    const needed = method === 'files.download' ? contentScopes : metadataScopes;
    if (!grant.scopes.some((scope) => needed.includes(scope))) throw insufficientScopes();
  }

  /** Handles `GET /o/oauth2/v2/auth`; see `Consent`. */
  authorize(params: URLSearchParams): URL {
    return this.#consent.authorize(params, this.#options.clientId);
  }

  /**
   * Handles `/tokeninfo`: describes an access token.
   * @throws OAuthError 400 `invalid_token`
   */
  describe(header: string | undefined, params: URLSearchParams): object {
    const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1] ?? params.get('access_token') ?? '';
    const grant = this.#grants.get(token);
    const seconds = grant ? Math.floor((grant.expiresMs - this.#nowMs()) / 1000) : 0;
    if (!grant || seconds <= 0) throw new OAuthError(400, 'invalid_token', 'Invalid Value');
    const { clientId = 'drive-emulator' } = this.#options;
    return {
      azp: clientId,
      aud: clientId,
      scope: grant.scopes.join(' '),
      // Google sends these numbers as strings.
      exp: String(Math.floor(grant.expiresMs / 1000)),
      expires_in: String(seconds),
      access_type: 'offline',
    };
  }

  /**
   * Handles `POST /token` (form-encoded) for the grant types `refresh_token`, `authorization_code` and `jwt-bearer`.
   * @throws OAuthError 400 `invalid_grant`, `unsupported_grant_type`, `invalid_scope`, `redirect_uri_mismatch`;
   *   401 `invalid_client`
   */
  exchange(form: URLSearchParams): object {
    const grantType = form.get('grant_type');
    if (grantType === 'authorization_code') return this.#exchangeCode(form);
    if (grantType === 'refresh_token') return this.#exchangeRefreshToken(form);
    if (grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer') return this.#exchangeAssertion(form);
    throw new OAuthError(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
  }

  #exchangeCode(form: URLSearchParams): object {
    this.#checkClient(form);
    const { scopes, refreshToken, refreshTokenSeconds } = this.#consent.redeem(form);
    if (refreshToken === undefined) return this.#answer(scopes);
    this.#consented.set(refreshToken, scopes);
    return {
      ...this.#answer(scopes),
      refresh_token: refreshToken,
      ...(refreshTokenSeconds === undefined ? {} : { refresh_token_expires_in: refreshTokenSeconds }),
    };
  }

  #checkClient(form: URLSearchParams): void {
    const { clientId, clientSecret } = this.#options;
    const given = form.get('client_id');
    if (!given || (clientId !== undefined && given !== clientId)) {
      throw new OAuthError(401, 'invalid_client', 'The OAuth client was not found.');
    }
    if (clientSecret !== undefined && form.get('client_secret') !== clientSecret) {
      throw new OAuthError(401, 'invalid_client', 'Unauthorized');
    }
  }

  #exchangeRefreshToken(form: URLSearchParams): object {
    this.#checkClient(form);
    const { refreshToken, scopes } = this.#options;
    const token = form.get('refresh_token');
    const consented = this.#consented.get(token ?? '');
    if (consented) return this.#answer(consented);
    if (!token || (refreshToken !== undefined && token !== refreshToken)) {
      throw new OAuthError(400, 'invalid_grant', 'Token has been expired or revoked.');
    }
    return this.#answer(scopes ?? [`${scopeRoot}drive.readonly`]);
  }

  #exchangeAssertion(form: URLSearchParams): object {
    const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const claims = parseClaims(payload);
    const { publicKey, clientEmail } = this.#options;
    if (publicKey !== undefined) {
      const verifier = createVerify('RSA-SHA256').update(`${header}.${payload}`);
      if (!verifier.verify(publicKey, signature, 'base64url')) {
        throw new OAuthError(400, 'invalid_grant', 'Invalid JWT Signature.');
      }
    }
    if (claims === null || (clientEmail !== undefined && claims.iss !== clientEmail)) {
      throw new OAuthError(400, 'invalid_grant', 'Invalid grant: account not found');
    }
    if (typeof claims.exp !== 'number' || claims.exp * 1000 <= this.#nowMs()) {
      throw new OAuthError(400, 'invalid_grant', 'Invalid JWT: Token must be a short-lived token.');
    }
    const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : [];
    if (scopes.length === 0) throw new OAuthError(400, 'invalid_scope', 'Invalid OAuth scope.');
    return this.#answer(scopes);
  }

  #answer(scopes: readonly string[]): object {
    return {
      access_token: this.issue({ scopes }),
      expires_in: this.#options.lifetimeSeconds ?? 3600,
      scope: scopes.join(' '),
      token_type: 'Bearer',
    };
  }
}

interface Claims {
  readonly iss?: unknown;
  readonly exp?: unknown;
  readonly scope?: unknown;
}

function parseClaims(payload: string): Claims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : null;
  } catch {
    return null;
  }
}
