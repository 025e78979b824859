import { type Cause, errorOf, SyncError } from '../core/errors.ts';
import { asObject } from '../core/objects.ts';
import { driveCauses } from './causes.ts';
import { rateLimitReasons } from './quota.ts';

/** The parts of a gaxios error that matter here. */
interface Failure {
  status: number | undefined;
  /** A system or DOM error name such as ECONNRESET or TimeoutError. */
  code: string | undefined;
  message: string;
  reason: string | undefined;
  /** Set where the token endpoint answered, not Drive. */
  oauthError: string | undefined;
  retryAfterMs: number | undefined;
  /** False where the error is the library's own, not that of a request. */
  isRequest: boolean;
  /** Who was asked, for the message. */
  server: string;
}

/** How a message names the server that gives access tokens. */
export const tokenEndpoint = "Google's token endpoint";

/** The cause for a reason of a 403, or for an error of the token endpoint, that has advice of its own. */
function refusalOf(reason: string | undefined): Cause | undefined {
  // The reason is the server's text: `constructor` must not find what every object has.
  return reason !== undefined && Object.hasOwn(driveCauses, reason)
    ? driveCauses[reason as keyof typeof driveCauses]
    : undefined;
}

/**
 * The error to throw for what a Drive call threw. Which are worth another try follows Drive's guide to errors.
 *
 * @param operation what was being done, for the message, such as "listing a folder"
 */
export function driveError(error: unknown, operation: string): SyncError {
  if (error instanceof SyncError) return error;
  const failure = readFailure(error);
  const { status, reason, oauthError, retryAfterMs, server } = failure;

  if (oauthError && (status === undefined || status < 500)) {
    const cause = refusalOf(oauthError) ?? driveCauses.refusedToken;
    return errorOf(cause, `Google refuses a token for Drive: ${oauthError}`, {
      reason: oauthError,
      cause: error,
    });
  }
  if (status === undefined) return networkError(failure, operation, error);

  const said = `${server} answered ${status}${reason ? ` (${reason})` : ''} on ${operation}`;
  const details = { reason, status, cause: error };
  if (
    status === 429 ||
    status === 408 ||
    status >= 500 ||
    (status === 403 && reason !== undefined && rateLimitReasons.has(reason))
  ) {
    return errorOf(driveCauses.busy, said, { ...details, retryAfterMs });
  }
  if (status === 401) return errorOf(driveCauses.authError, said, { ...details, reason: 'authError' });
  const refusal = status === 403 ? refusalOf(reason) : undefined;
  if (refusal) return errorOf(refusal, said, details);
  return errorOf(
    status === 404 ? driveCauses.notFound : driveCauses.unexpected,
    `${said}: ${failure.message}`,
    { ...details, reason: reason ?? (status === 404 ? 'notFound' : String(status)) },
  );
}

/** The error for an answer that is no answer: HTML in place of JSON, half a document, wrong types. */
export function malformedAnswer(operation: string, what: string): SyncError {
  return errorOf(driveCauses.malformedAnswer, `Drive's answer on ${operation} cannot be read: ${what}`, {
    reason: 'malformedAnswer',
  });
}

/** The error for a call that did not answer in time. @param server who did not answer, as a message names it */
export function driveTimeout(operation: string, timeoutMs: number, server = 'Drive'): SyncError {
  return errorOf(
    driveCauses.timeout,
    `${server} did not answer within ${timeoutMs / 1000} s on ${operation}`,
    {
      reason: 'timeout',
    },
  );
}

/** Where there is no answer, or none that Google's own library can make anything of. */
function networkError(failure: Failure, operation: string, cause: unknown): SyncError {
  const { code, message, isRequest, server } = failure;
  if (/Could not load the default credentials/.test(message))
    return errorOf(driveCauses.noCredentials, 'There are no credentials for Drive', {
      reason: 'noCredentials',
      cause,
    });
  // No request failed: the library stumbled over an answer of the token endpoint that is no JSON.
  if (!isRequest && code === undefined)
    return errorOf(
      driveCauses.malformedAnswer,
      `The answer of ${tokenEndpoint} on ${operation} cannot be read`,
      { reason: 'malformedAnswer', cause },
    );
  const tls = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '');
  return errorOf(
    tls ? driveCauses.tls : driveCauses.network,
    `No answer from ${server} on ${operation}: ${code ?? message}`,
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

/** A header of an answer. Not `instanceof Headers`: the client's fetch brings a class of its own. */
export function headerOf(headers: unknown, name: string): string | undefined {
  const { get } = (headers ?? {}) as { get?: unknown };
  const value: unknown = typeof get === 'function' ? get.call(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Something that keeps a listing from being whole, and may be otherwise at the next one. */
export function incompleteError(message: string, reason: string): SyncError {
  return errorOf(driveCauses.incomplete, message, { reason });
}
