/** Converts the errors that Firestore calls throw to the errors of this program. */
import { type Cause, errorOf, SyncError } from '../core/errors.ts';
import { catalogCauses } from './causes.ts';

/** gRPC status codes (google.rpc.Code). */
const grpcCode = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** What grpc-js reports when the connection fails, as opposed to an error response from Firestore. */
const connectionFault =
  /No connection established|Name resolution failed|Connection dropped|Failed to connect|GOAWAY|socket hang up|\b(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/;
const untrusted = /certificate|self.signed|\b(?:CERT|ERR_TLS|ERR_SSL)_\w+/i;

/**
 * Converts an error thrown by a Firestore call.
 *
 * @param operation what the call did, for the message, such as "reading the checkpoint"
 */
export function catalogError(error: unknown, operation: string): SyncError {
  if (error instanceof SyncError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [cause, reason] = causeOf(error, text);
  return errorOf(cause, `Firestore error while ${operation}: ${text.trim()}`, { reason, cause: error });
}

function causeOf(error: unknown, text: string): [Cause, string] {
  if (/invalid_grant|invalid_client/.test(text)) return [catalogCauses.invalid_grant, 'invalid_grant'];
  if (/Could not load the default credentials/.test(text))
    return [catalogCauses.noCredentials, 'noCredentials'];
  const code = codeOf(error);
  if (code === undefined)
    return isNetworkFault(error)
      ? [catalogCauses.network, systemCodeOf(error) ?? 'network']
      : [catalogCauses.unexpected, 'unexpected'];
  // grpc-js reports an access token that cannot be fetched as UNAUTHENTICATED, and a connection that cannot be made
  // as UNAVAILABLE.
  if (code === grpcCode.unavailable || /Getting metadata from plugin failed/.test(text)) {
    if (untrusted.test(text)) return [catalogCauses.tls, 'tls'];
    if (connectionFault.test(text)) return [catalogCauses.network, 'network'];
    if (/status code (?:429|5\d\d)/.test(text)) return [catalogCauses.busy, 'unavailable'];
  }
  return causeOfResponse(code, text);
}

/** The cause of an error response from Firestore itself. */
function causeOfResponse(code: number, text: string): [Cause, string] {
  switch (code) {
    case grpcCode.unauthenticated:
      return [catalogCauses.unauthenticated, 'unauthenticated'];
    case grpcCode.permissionDenied:
      return /has not been used|is disabled/.test(text)
        ? [catalogCauses.apiDisabled, 'apiDisabled']
        : [catalogCauses.permissionDenied, 'permissionDenied'];
    case grpcCode.notFound:
      return [catalogCauses.databaseNotFound, 'databaseNotFound'];
    case grpcCode.failedPrecondition:
      return /Datastore Mode/i.test(text)
        ? [catalogCauses.datastoreMode, 'datastoreMode']
        : [catalogCauses.unexpected, nameOf(code)];
    case grpcCode.resourceExhausted:
      return [catalogCauses.resourceExhausted, 'resourceExhausted'];
    case grpcCode.cancelled:
    case grpcCode.unknown:
    case grpcCode.deadlineExceeded:
    case grpcCode.aborted:
    case grpcCode.internal:
    case grpcCode.unavailable:
      return [catalogCauses.busy, nameOf(code)];
    default:
      return [catalogCauses.unexpected, nameOf(code)];
  }
}

/** The error for a Firestore call that got no response in time. */
export function catalogTimeout(operation: string, timeoutMs: number): SyncError {
  return errorOf(
    catalogCauses.timeout,
    `Firestore did not respond within ${timeoutMs / 1000} s while ${operation}`,
    { reason: 'timeout' },
  );
}

/** True if a commit failed because a document changed after its write was planned. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === grpcCode.alreadyExists || code === grpcCode.failedPrecondition || code === grpcCode.notFound
  );
}

function codeOf(error: unknown): number | undefined {
  // See `hideCode` in connection.ts.
  const { code: shown, grpcCode: hidden } = (error ?? {}) as { code?: unknown; grpcCode?: unknown };
  const code = hidden ?? shown;
  return typeof code === 'number' && code >= 1 && code <= 16 ? code : undefined;
}

/** True for an error of Node or its HTTP clients: a connection that failed or broke, or a malformed response. */
function isNetworkFault(error: unknown): boolean {
  const { name, type } = (error ?? {}) as { name?: unknown; type?: unknown };
  return (
    systemCodeOf(error) !== undefined ||
    name === 'FetchError' ||
    name === 'AbortError' ||
    type === 'system' ||
    error instanceof SyntaxError
  );
}

function systemCodeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function nameOf(code: number): string {
  return Object.entries(grpcCode).find(([, value]) => value === code)?.[0] ?? String(code);
}
