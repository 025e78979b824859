/** The parameter or header that caused an error, as Drive names it. */
export interface ErrorLocation {
  readonly location: string;
  readonly locationType: 'parameter' | 'header';
}

/**
 * A Drive response with a status other than 2xx. `toBody()` returns the JSON described at
 * https://developers.google.com/workspace/drive/api/guides/handle-errors
 */
export class DriveError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly domain: string;
  readonly at: ErrorLocation | null;
  /** Only Drive's newer errors have a status (`UNAUTHENTICATED`, `INVALID_ARGUMENT`, ...). */
  readonly status: string | null;

  constructor(
    code: number,
    reason: string,
    message: string,
    details: { at?: ErrorLocation; domain?: string; status?: string } = {},
  ) {
    super(message);
    this.name = 'DriveError';
    this.code = code;
    this.reason = reason;
    this.domain = details.domain ?? 'global';
    this.at = details.at ?? null;
    this.status = details.status ?? null;
  }

  /** The response body: `{error: {code, message, errors: [...], status?}}`. */
  toBody(): object {
    const entry = { message: this.message, domain: this.domain, reason: this.reason, ...this.at };
    return {
      error: {
        code: this.code,
        message: this.message,
        errors: [entry],
        ...(this.status === null ? {} : { status: this.status }),
      },
    };
  }
}

/** An error that names the query parameter that caused it. */
export function parameterError(code: number, reason: string, parameter: string, message: string): DriveError {
  return new DriveError(code, reason, message, { at: { location: parameter, locationType: 'parameter' } });
}

/** 400 `invalid`: Drive's response to a bad `q`, `pageToken` or `corpora`. */
export function invalidValue(parameter: string, message = 'Invalid Value'): DriveError {
  return parameterError(400, 'invalid', parameter, message);
}

/** 404: the file does not exist or the caller has no access to it. Drive does not say which. */
export function fileNotFound(id: string): DriveError {
  return parameterError(404, 'notFound', 'fileId', `File not found: ${id}.`);
}

/** 404: the shared drive does not exist or the caller is not a member. */
export function sharedDriveNotFound(id: string): DriveError {
  return parameterError(404, 'notFound', 'driveId', `Shared drive not found: ${id}`);
}

/** 401: the access token is missing, unknown or expired. */
export function invalidCredentials(): DriveError {
  return new DriveError(401, 'authError', 'Invalid Credentials', {
    at: { location: 'Authorization', locationType: 'header' },
    status: 'UNAUTHENTICATED',
  });
}

/** 403: the access token's scopes do not cover the call. */
export function insufficientScopes(): DriveError {
  return new DriveError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.', {
    status: 'PERMISSION_DENIED',
  });
}

/** An error response of the OAuth endpoints (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  readonly code: number;
  readonly error: string;

  constructor(code: number, error: string, description: string) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.error = error;
  }

  /** The response body: `{error, error_description}`. */
  toBody(): object {
    return { error: this.error, error_description: this.message };
  }
}
