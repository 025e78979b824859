import { forbiddenReasons } from './fault-answers.ts';
import type { Fault } from './faults.ts';

/** A fault and the name it has in test titles. */
export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
}

const statuses = [400, 401, 404, 408, 410, 429, 500, 502, 503] as const;

/**
 * Every fault that the emulator can inject into a Drive call, for test suites that try them all: each status, each
 * reason of a 403, each with and without `Retry-After` where Drive sends it, and everything that can happen to a
 * connection, to JSON, or to an entry. `retryAfter` and `ms` are short to keep the suites fast.
 */
export const driveFaults: readonly NamedFault[] = [
  ...statuses.map((status): NamedFault => ({ name: `status ${status}`, fault: { kind: 'status', status } })),
  ...Object.keys(forbiddenReasons).map(
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
  { name: 'connection cut mid-response', fault: { kind: 'half' } },
  { name: 'HTML with status 200', fault: { kind: 'html' } },
  { name: 'truncated JSON', fault: { kind: 'truncatedJson' } },
  { name: 'slow response', fault: { kind: 'slow', ms: 50 } },
  { name: 'no response', fault: { kind: 'hang' } },
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

/** Every fault that the emulator can inject into a call to the token endpoint. */
export const oauthFaults: readonly NamedFault[] = [
  { name: 'invalid_grant', fault: { kind: 'oauth', error: 'invalid_grant' } },
  { name: 'invalid_client', fault: { kind: 'oauth', error: 'invalid_client' } },
  { name: 'token endpoint 503', fault: { kind: 'status', status: 503 } },
  { name: 'token endpoint cut', fault: { kind: 'cut' } },
  { name: 'token endpoint HTML', fault: { kind: 'html' } },
];
