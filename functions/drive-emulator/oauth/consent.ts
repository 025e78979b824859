/** Emulates Google's OAuth consent screen and the authorization codes it issues. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { OAuthError } from '../errors.ts';
import { IdSource } from '../model/ids.ts';

/** What the user does on the consent screen, and what the client receives. */
export interface ConsentOptions {
  /** Default: `grant`. */
  readonly answer?: 'grant' | 'deny';
  /** The scopes that the user leaves selected. Default: all requested scopes. */
  readonly granted?: readonly string[];
  /** The refresh token returned for the code; null for none. Default: a new one each time. */
  readonly refreshToken?: string | null;
  /**
   * The refresh token's lifetime in seconds. Set it to emulate an app in "Testing", whose refresh tokens expire;
   * Google reports 604799.
   */
  readonly refreshTokenSeconds?: number;
}

/** A granted consent whose code has not been exchanged yet. */
interface Pending {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  readonly expiresMs: number;
}

/** What a code is exchanged for. */
export interface Consented {
  readonly scopes: readonly string[];
  /** Undefined unless offline access was requested. */
  readonly refreshToken: string | undefined;
  readonly refreshTokenSeconds: number | undefined;
}

/**
 * The parameters of an authorization request:
 * https://developers.google.com/identity/protocols/oauth2/native-app#step-2:-send-a-request-to-googles-oauth-2.0-server
 */
const known = [
  'access_type',
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'include_granted_scopes',
  'login_hint',
  'prompt',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
];

const codeLifetimeMs = 10 * 60 * 1000;

/** Google's consent screen for a desktop app, with a user who decides immediately. */
export class Consent {
  readonly #pending = new Map<string, Pending>();
  readonly #ids = new IdSource('consents');
  readonly #options: ConsentOptions;
  readonly #nowMs: () => number;

  constructor(options: ConsentOptions, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
  }

  /**
   * Handles `GET /o/oauth2/v2/auth`. Stricter than Google, which does not require PKCE.
   *
   * @param clientId the only accepted client; undefined accepts any
   * @returns the URL to redirect the browser to, with a code, or with an error if the user denied access
   * @throws OAuthError for an invalid request: Google shows it in the browser and does not redirect
   */
  authorize(params: URLSearchParams, clientId: string | undefined): URL {
    const [unknown] = [...params.keys()].filter((name) => !known.includes(name));
    if (unknown !== undefined)
      throw invalidRequest(`Parameter not allowed for this message type: ${unknown.replace(/\W/g, '')}`);
    const client = required(params, 'client_id');
    if (clientId !== undefined && client !== clientId)
      throw new OAuthError(401, 'invalid_client', 'The OAuth client was not found.');
    const back = readLoopback(required(params, 'redirect_uri'));
    if (params.get('response_type') !== 'code')
      throw invalidRequest(`Invalid response_type: ${params.get('response_type') ?? ''}`);
    const scopes = required(params, 'scope').split(' ');
    const challenge = required(params, 'code_challenge');
    // 256 bits in base64url. Without a method, Google assumes `plain`: the challenge is the verifier itself.
    if (params.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
      throw invalidRequest('Invalid code_challenge or code_challenge_method.');

    const state = params.get('state');
    if (state !== null) back.searchParams.set('state', state);
    if (this.#options.answer === 'deny') {
      back.searchParams.set('error', 'access_denied');
      return back;
    }
    const code = `4/0A${this.#ids.next()}`;
    const granted = scopes.filter((scope) => this.#options.granted?.includes(scope) ?? true);
    this.#pending.set(code, {
      clientId: client,
      redirectUri: params.get('redirect_uri') ?? '',
      challenge,
      scopes: granted,
      offline: params.get('access_type') === 'offline',
      expiresMs: this.#nowMs() + codeLifetimeMs,
    });
    back.searchParams.set('code', code);
    back.searchParams.set('scope', granted.join(' '));
    return back;
  }

  /**
   * Redeems a code. A code can be redeemed only once.
   * @throws OAuthError 400 `invalid_grant`, `redirect_uri_mismatch`
   */
  redeem(form: URLSearchParams): Consented {
    const code = form.get('code') ?? '';
    const pending = this.#pending.get(code);
    if (!pending || pending.expiresMs <= this.#nowMs() || pending.clientId !== form.get('client_id'))
      throw new OAuthError(400, 'invalid_grant', 'Malformed auth code.');
    // Deleted before the verifier is checked, so that it can be guessed only once.
    this.#pending.delete(code);
    if (form.get('redirect_uri') !== pending.redirectUri)
      throw new OAuthError(400, 'redirect_uri_mismatch', 'Bad Request');
    const verifier = form.get('code_verifier');
    if (!verifier) throw new OAuthError(400, 'invalid_grant', 'Missing code verifier.');
    const digest = createHash('sha256').update(verifier).digest();
    if (!timingSafeEqual(digest, Buffer.from(pending.challenge, 'base64url')))
      throw new OAuthError(400, 'invalid_grant', 'Invalid code verifier.');
    const { refreshToken = `1//0emulator-${this.#ids.next()}`, refreshTokenSeconds } = this.#options;
    return {
      scopes: pending.scopes,
      refreshToken: pending.offline && refreshToken !== null ? refreshToken : undefined,
      refreshTokenSeconds,
    };
  }
}

function required(params: URLSearchParams, name: string): string {
  const value = params.get(name);
  if (!value) throw invalidRequest(`Missing required parameter: ${name}`);
  return value;
}

/** A "Desktop app" client can redirect only to the loopback interface, on any port. */
function readLoopback(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new OAuthError(400, 'redirect_uri_mismatch', 'The redirect URI in the request is not allowed.');
  return url;
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError(400, 'invalid_request', description);
}
