/**
 * The errors of a run, written for operators.
 *
 * Every error a run throws is a SyncError. It says what happened (`message`), what to do about it (`hint`), and
 * whether a retry can help (`retryable`). The class names are part of the log contract. The modules that call Drive
 * and Firestore convert the errors of those services into these classes.
 */

export interface SyncErrorOptions {
  /** One or two sentences that tell the reader what to do. */
  hint: string;
  /** True if the same call may succeed later without any change. */
  retryable?: boolean;
  /** How long the service asked to wait before the next try, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Name of the cause in its table, such as `busy` or `invalid_grant`. */
  causeName: string;
  /**
   * The service's own name for the error, such as `rateLimitExceeded` or `invalid_grant`. One cause can have many
   * reasons.
   */
  reason?: string | undefined;
  /** HTTP status of the response, if there was one. */
  status?: number | undefined;
  /** ConfigError only: one sentence per problem. */
  problems?: readonly string[];
  cause?: unknown;
}

export abstract class SyncError extends Error {
  /** A literal in each class, because the bundler shortens class names. */
  abstract override readonly name: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly causeName: string;
  readonly reason: string | undefined;
  readonly status: number | undefined;

  constructor(message: string, options: SyncErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.causeName = options.causeName;
    this.reason = options.reason;
    this.status = options.status;
  }
}

/** Drive responded, but the response prevents the library from being read. */
export class DriveScanError extends SyncError {
  override readonly name = 'DriveScanError';
}

/** Firestore responded, but the catalog could not be read or written. */
export class CatalogError extends SyncError {
  override readonly name = 'CatalogError';
}

/** The metadata of a book could not be read from its name or content. Never fails a run. */
export class MetadataError extends SyncError {
  override readonly name = 'MetadataError';
}

/** There was no usable response: DNS, TLS, a dropped connection, or a timeout. */
export class NetworkError extends SyncError {
  override readonly name = 'NetworkError';
}

/** Google rejected the credentials, or the account lacks a permission. */
export class AuthenticationError extends SyncError {
  override readonly name = 'AuthenticationError';
}

/** Settings are missing, malformed, or contradictory. */
export class ConfigError extends SyncError {
  override readonly name = 'ConfigError';
  /** One sentence per problem. */
  readonly problems: readonly string[];

  constructor(message: string, options: SyncErrorOptions) {
    super(message, options);
    this.problems = options.problems ?? [];
  }
}

/** The run reached its time limit before it could do what was requested. */
export class RunTimeoutError extends SyncError {
  override readonly name = 'RunTimeoutError';
}

/** Another run updated the checkpoint after this run read it, so this run's data may be out of date. */
export class CheckpointConflict extends Error {
  override readonly name = 'CheckpointConflict';

  constructor() {
    super('Another run updated the checkpoint.');
  }
}

/** The run reached its time limit. Not a failure: committed changes are kept, and the next run continues. */
export class DeadlineReached extends Error {
  override readonly name = 'DeadlineReached';

  constructor() {
    super('The run reached its time limit.');
  }
}

/** True for every error that is marked as retryable. */
export function isRetryable(error: unknown): boolean {
  return error instanceof SyncError && error.retryable;
}

/** The message of any thrown value, without a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const classes = {
  AuthenticationError,
  CatalogError,
  ConfigError,
  DriveScanError,
  MetadataError,
  NetworkError,
  RunTimeoutError,
};

/** A cause of failure as data: its error class, whether a retry can help, and what to do. */
export interface Cause {
  /** Its key in the table that defines it. */
  name: string;
  error: keyof typeof classes;
  retryable: boolean;
  hint: string;
}

/** Defines a table of causes. Each entry gets its key as `name`. */
export function defineCauses<const Table extends Record<string, Omit<Cause, 'name'>>>(
  table: Table,
): { [Name in keyof Table]: Cause } {
  const named = Object.entries(table).map(([name, cause]) => [name, { name, ...cause }]);
  return Object.fromEntries(named) as { [Name in keyof Table]: Cause };
}

/**
 * Creates the error for a cause.
 *
 * @param message what happened in this case
 * @param details further details; set `retryable` to override the value of the cause
 */
export function errorOf(
  { name, error, retryable, hint }: Cause,
  message: string,
  details: Omit<SyncErrorOptions, 'hint' | 'causeName'>,
): SyncError {
  return new classes[error](message, { retryable, ...details, hint, causeName: name });
}
