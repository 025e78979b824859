import { FORBIDDEN } from './fault-answers.ts';
import type { Fault } from './faults.ts';

/** A fault with a name for a test's title. */
export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
}

const STATUSES = [400, 401, 404, 408, 410, 429, 500, 502, 503] as const;

/**
 * Every fault the sandbox can make on a Drive call, for suites that go through all of them: each status, each
 * reason of a 403, with and without `Retry-After` where Drive sends one, and everything that can happen to a
 * connection, to JSON, or to an entry. `retryAfter` and `ms` are short so that a suite stays quick.
 */
export const DRIVE_FAULTS: readonly NamedFault[] = [
  ...STATUSES.map((status): NamedFault => ({ name: `status ${status}`, fault: { kind: 'status', status } })),
  ...Object.keys(FORBIDDEN).map(
    (reason): NamedFault => ({ name: `403 ${reason}`, fault: { kind: 'status', status: 403, reason } }),
  ),
  ...[403, 429, 503].map((status): NamedFault => {
    const reason = status === 503 ? 'backendError' : 'userRateLimitExceeded';
    return {
      name: `${status} with Retry-After`,
      fault: { kind: 'status', status, reason, retryAfter: 1 },
    };
  }),
  { name: '502 as HTML', fault: { kind: 'status', status: 502, html: true } },
  { name: 'connection cut', fault: { kind: 'cut' } },
  { name: 'connection cut half-way', fault: { kind: 'half' } },
  { name: 'HTML with status 200', fault: { kind: 'html' } },
  { name: 'truncated JSON', fault: { kind: 'truncatedJson' } },
  { name: 'slow answer', fault: { kind: 'slow', ms: 50 } },
  { name: 'no answer', fault: { kind: 'hang' } },
  { name: 'access tokens expired', fault: { kind: 'expireTokens' } },
  { name: 'incomplete search', fault: { kind: 'incompleteSearch' } },
  { name: 'incomplete search, a file missing', fault: { kind: 'incompleteSearch', missing: 1 } },
  ...['id', 'name', 'mimeType', 'parents', 'md5Checksum', 'size', 'createdTime', 'modifiedTime'].map(
    (field): NamedFault => ({
      name: `entry without ${field}`,
      fault: { kind: 'dropFields', fields: [field] },
    }),
  ),
];

/** Every fault of the token endpoint. */
export const OAUTH_FAULTS: readonly NamedFault[] = [
  { name: 'invalid_grant', fault: { kind: 'oauth', error: 'invalid_grant' } },
  { name: 'invalid_client', fault: { kind: 'oauth', error: 'invalid_client' } },
  { name: 'token endpoint 503', fault: { kind: 'status', status: 503 } },
  { name: 'token endpoint cut', fault: { kind: 'cut' } },
  { name: 'token endpoint HTML', fault: { kind: 'html' } },
];
