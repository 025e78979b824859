import { type Cause, errorOf, SyncError } from '../core/errors.ts';
import { asObject } from '../core/objects.ts';
import { driveCauses } from './causes.ts';
import { rateLimitReasons } from './quota.ts';

/** The parts of a gaxios error that matter here. */
interface Failure {
  status: number | undefined;
  /** A system or DOM error name, such as ECONNRESET or TimeoutError. */
  code: string | undefined;
  message: string;
  reason: string | undefined;
  /** Set if the response came from the token endpoint and not from Drive. */
  oauthError: string | undefined;
  retryAfterMs: number | undefined;
  /** False if the error came from the client library itself and not from a request. */
  isRequest: boolean;
  /** The server that was called, for the message. */
  server: string;
}

/** The name of the server that issues access tokens, for messages. */
export const tokenEndpoint = "Google's token endpoint";

/** Returns the specific cause for the reason of a 403 or for an error of the token endpoint, if there is one. */
function refusalOf(reason: string | undefined): Cause | undefined {
  // The reason is text from the server, so a reason such as `constructor` must not match an inherited property.
  return reason !== undefined && Object.hasOwn(driveCauses, reason)
    ? driveCauses[reason as keyof typeof driveCauses]
    : undefined;
}

/**
 * Converts an error thrown by a Drive call. Which errors are retryable follows Drive's guide to errors.
 *
 * @param operation the operation, for the message, such as "listing a folder"
 */
export function driveError(error: unknown, operation: string): SyncError {
  if (error instanceof SyncError) return error;
  const failure = readFailure(error);
  const { status, reason, oauthError, retryAfterMs, server } = failure;

  if (oauthError && (status === undefined || status < 500)) {
    const cause = refusalOf(oauthError) ?? driveCauses.refusedToken;
    return errorOf(cause, `Google rejected the Drive credentials: ${oauthError}`, {
      reason: oauthError,
      cause: error,
    });
  }
  if (status === undefined) return networkError(failure, operation, error);

  const text = `${server} returned ${status}${reason ? ` (${reason})` : ''} while ${operation}`;
  const details = { reason, status, cause: error };
  if (
    status === 429 ||
    status === 408 ||
    status >= 500 ||
    (status === 403 && reason !== undefined && rateLimitReasons.has(reason))
  ) {
    return errorOf(driveCauses.busy, text, { ...details, retryAfterMs });
  }
  if (status === 401) return errorOf(driveCauses.authError, text, { ...details, reason: 'authError' });
  const refusal = status === 403 ? refusalOf(reason) : undefined;
  if (refusal) return errorOf(refusal, text, details);
  return errorOf(
    status === 404 ? driveCauses.notFound : driveCauses.unexpected,
    `${text}: ${failure.message}`,
    { ...details, reason: reason ?? (status === 404 ? 'notFound' : String(status)) },
  );
}

/** Creates the error for an unusable response: HTML in place of JSON, a truncated document, or wrong types. */
export function malformedAnswer(operation: string, what: string): SyncError {
  return errorOf(
    driveCauses.malformedAnswer,
    `Drive returned an invalid response while ${operation}: ${what}`,
    {
      reason: 'malformedAnswer',
    },
  );
}

/**
 * Creates the error for a call that timed out.
 *
 * @param server the server that did not respond, for the message
 */
export function driveTimeout(operation: string, timeoutMs: number, server = 'Drive'): SyncError {
  return errorOf(
    driveCauses.timeout,
    `${server} did not respond within ${timeoutMs / 1000} s while ${operation}`,
    {
      reason: 'timeout',
    },
  );
}

/** Creates the error for a missing response, or for one that Google's client library cannot parse. */
function networkError(failure: Failure, operation: string, cause: unknown): SyncError {
  const { code, message, isRequest, server } = failure;
  if (/Could not load the default credentials/.test(message))
    return errorOf(driveCauses.noCredentials, 'No credentials for Drive found', {
      reason: 'noCredentials',
      cause,
    });
  // No request failed: the client library could not parse a response of the token endpoint, because it is not JSON.
  if (!isRequest && code === undefined)
    return errorOf(
      driveCauses.malformedAnswer,
      `${tokenEndpoint} returned an invalid response while ${operation}`,
      { reason: 'malformedAnswer', cause },
    );
  const tls = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '');
  return errorOf(
    tls ? driveCauses.tls : driveCauses.network,
    `No response from ${server} while ${operation}: ${code ?? message}`,
    { reason: code ?? 'network', cause },
  );
}

function readFailure(error: unknown): Failure {
  const thrown = (error ?? {}) as {
    status?: unknown;
    code?: unknown;
    message?: unknown;
    cause?: unknown;
    config?: { url?: unknown };
    response?: { status?: unknown; data?: unknown; headers?: unknown };
  };
  const status = [thrown.response?.status, thrown.status].find(
    (value): value is number => typeof value === 'number',
  );
  const data = asObject(thrown.response?.data);
  const apiError = asObject(data?.error);
  const first = asObject(Array.isArray(apiError?.errors) ? apiError.errors[0] : undefined);
  const cause = asObject(thrown.cause);
  return {
    status,
    code: [thrown.code, cause?.code, asObject(cause?.cause)?.code].find(
      (value): value is string => typeof value === 'string',
    ),
    message:
      typeof apiError?.message === 'string'
        ? apiError.message
        : typeof thrown.message === 'string'
          ? thrown.message
          : String(error),
    reason: typeof first?.reason === 'string' ? first.reason : undefined,
    oauthError: typeof data?.error === 'string' ? data.error : undefined,
    retryAfterMs: readRetryAfter(thrown.response?.headers),
    isRequest: thrown.config !== undefined,
    server: /\/token(?:info)?$/.test(String(thrown.config?.url)) ? tokenEndpoint : 'Drive',
  };
}

/** `Retry-After` in milliseconds: a number of seconds or an HTTP date (RFC 9110, section 10.2.3). */
function readRetryAfter(headers: unknown): number | undefined {
  const value = headerOf(headers, 'retry-after');
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Returns a response header. Does not use `instanceof Headers`, because the client's fetch has its own class. */
export function headerOf(headers: unknown, name: string): string | undefined {
  const { get } = (headers ?? {}) as { get?: unknown };
  const value: unknown = typeof get === 'function' ? get.call(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Creates the error for something that makes a listing incomplete now but may not the next time. */
export function incompleteError(message: string, reason: string): SyncError {
  return errorOf(driveCauses.incomplete, message, { reason });
}
