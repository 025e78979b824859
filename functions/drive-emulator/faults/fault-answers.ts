/** Turns faults into responses: error responses in Drive's own words, and successful responses with damaged JSON. */
import { DriveError, OAuthError } from '../errors.ts';
import { type Answer, errorAnswer, htmlAnswer, jsonAnswer } from '../http/answer.ts';
import type { Fault } from './faults.ts';

interface Wording {
  readonly message: string;
  readonly domain?: string;
  readonly status?: string;
}

/**
 * Drive's messages for the reasons of a 403, as documented at
 * https://developers.google.com/workspace/drive/api/guides/handle-errors
 */
export const forbiddenReasons: Readonly<Record<string, Wording>> = {
  rateLimitExceeded: { message: 'Rate Limit Exceeded', domain: 'usageLimits' },
  userRateLimitExceeded: { message: 'User Rate Limit Exceeded', domain: 'usageLimits' },
  dailyLimitExceeded: { message: 'Daily Limit Exceeded', domain: 'usageLimits' },
  quotaExceeded: { message: 'The quota for this project has been exceeded.', domain: 'usageLimits' },
  sharingRateLimitExceeded: { message: 'Rate limit exceeded. You have exceeded your sharing quota.' },
  accessNotConfigured: {
    message:
      'Google Drive API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project=123456789012 then retry.',
    domain: 'usageLimits',
    status: 'PERMISSION_DENIED',
  },
  insufficientFilePermissions: { message: 'The user does not have sufficient permissions for this file.' },
  insufficientPermissions: {
    message: 'Request had insufficient authentication scopes.',
    status: 'PERMISSION_DENIED',
  },
  domainPolicy: { message: 'The domain administrators have disabled Drive apps.' },
};

const usualErrors: Readonly<Record<number, Wording & { readonly reason: string }>> = {
  400: { reason: 'badRequest', message: 'Bad Request' },
  401: { reason: 'authError', message: 'Invalid Credentials', status: 'UNAUTHENTICATED' },
  403: { reason: 'forbidden', message: 'Forbidden' },
  404: { reason: 'notFound', message: 'File not found: .' },
  408: { reason: 'requestTimeout', message: 'Request Timeout' },
  410: { reason: 'pageTokenExpired', message: 'The page token has expired.' },
  429: { reason: 'rateLimitExceeded', message: 'Too many requests', domain: 'usageLimits' },
  500: { reason: 'internalError', message: 'Internal Error' },
  502: { reason: 'badGateway', message: 'Bad Gateway' },
  503: { reason: 'backendError', message: 'The service is currently unavailable.', status: 'UNAVAILABLE' },
  504: { reason: 'gatewayTimeout', message: 'Gateway Timeout' },
};

const oauthErrors = {
  invalid_grant: { status: 400, description: 'Token has been expired or revoked.' },
  invalid_client: { status: 401, description: 'The OAuth client was not found.' },
} as const;

/** The response that a fault sends instead of Drive's. Null if the fault needs the regular response. */
export function faultAnswer(fault: Fault): Answer | null {
  if (fault.kind === 'html') return htmlAnswer(200, 'Sorry, something went wrong');
  if (fault.kind === 'oauth') {
    const { status, description } = oauthErrors[fault.error];
    return errorAnswer(new OAuthError(status, fault.error, description));
  }
  if (fault.kind !== 'status') return null;
  const { status } = fault;
  const usual = usualErrors[status] ?? { reason: 'unknown', message: `Status ${status}` };
  const reason = fault.reason ?? usual.reason;
  const words = (status === 403 ? forbiddenReasons[reason] : undefined) ?? usual;
  const error = new DriveError(status, reason, words.message, words);
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  return fault.html
    ? htmlAnswer(status, words.message, headers)
    : jsonAnswer(status, error.toBody(), headers);
}

/** Applies a fault to the JSON of a regular response. */
export function spoil(value: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  if (fault.kind === 'incompleteSearch') {
    const { files } = value;
    return {
      ...value,
      // As in Drive, only present if the client requested the field.
      ...('incompleteSearch' in value ? { incompleteSearch: true } : {}),
      ...(Array.isArray(files) ? { files: files.slice(0, files.length - (fault.missing ?? 0)) } : {}),
    };
  }
  if (fault.kind !== 'dropFields') return value;
  const index = (fault.entry ?? 1) - 1;
  for (const list of ['files', 'changes']) {
    const entries = value[list];
    if (Array.isArray(entries)) {
      return {
        ...value,
        [list]: entries.map((entry, i) => (i === index ? without(entry, fault.fields) : entry)),
      };
    }
  }
  return without(value, fault.fields);
}

function without(entry: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(entry).filter(([field]) => !fields.includes(field)));
  const { file } = kept;
  return typeof file === 'object' && file !== null
    ? { ...kept, file: without(file as Record<string, unknown>, fields) }
    : kept;
}
