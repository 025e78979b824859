/**
 * What can go wrong, in the words an operator acts on.
 *
 * Every error a run throws is a SyncError: it says what happened (`message`), what to do about it (`hint`),
 * and whether trying again can help (`retryable`). The classes are the ones of the log contract; the modules
 * that talk to Drive and Firestore turn what those services answer into one of them.
 */

export interface SyncErrorOptions {
  /** One or two sentences that name what the reader should do. */
  hint: string;
  /** True where the same call may succeed later without anybody changing anything. */
  retryable?: boolean;
  /** How long the service asked us to wait before the next try, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** The cause's name in its table, such as `busy` or `invalid_grant`. */
  causeName: string;
  /** The service's own word for it, such as `rateLimitExceeded` or `invalid_grant`; of one cause there may be many. */
  reason?: string | undefined;
  /** The HTTP status of the answer, where there was one. */
  status?: number | undefined;
  /** Of a ConfigError: one sentence for each problem. */
  problems?: readonly string[];
  cause?: unknown;
}

export abstract class SyncError extends Error {
  /** Written out in each class: the bundle shortens the classes' own names. */
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

/** Drive answered, but what it says keeps the library from being read. */
export class DriveScanError extends SyncError {
  override readonly name = 'DriveScanError';
}

/** Firestore answered, but the catalog could not be read or written. */
export class CatalogError extends SyncError {
  override readonly name = 'CatalogError';
}

/** A book's metadata could not be read from its name or content. Never ends a run. */
export class MetadataError extends SyncError {
  override readonly name = 'MetadataError';
}

/** No usable answer came: DNS, TLS, a cut connection, a time-out. */
export class NetworkError extends SyncError {
  override readonly name = 'NetworkError';
}

/** Google does not accept who we are, or what we may do. */
export class AuthenticationError extends SyncError {
  override readonly name = 'AuthenticationError';
}

/** The settings are missing, malformed or contradict each other. */
export class ConfigError extends SyncError {
  override readonly name = 'ConfigError';
  /** One sentence for each problem. */
  readonly problems: readonly string[];

  constructor(message: string, options: SyncErrorOptions) {
    super(message, options);
    this.problems = options.problems ?? [];
  }
}

/** The run's time was over before it could do what it was asked for. */
export class RunTimeoutError extends SyncError {
  override readonly name = 'RunTimeoutError';
}

/** Another run moved the checkpoint since this one read it; what this one knows may be out of date. */
export class CheckpointConflict extends Error {
  override readonly name = 'CheckpointConflict';

  constructor() {
    super('Another run moved the checkpoint meanwhile.');
  }
}

/** The run's own time is over; what it committed stays. Not a failure: the next run goes on. */
export class DeadlineReached extends Error {
  override readonly name = 'DeadlineReached';

  constructor() {
    super('The run has used up its time.');
  }
}

/** True for every error that says of itself that a later try may succeed. */
export function isRetryable(error: unknown): boolean {
  return error instanceof SyncError && error.retryable;
}

/** The text of anything thrown, without a stack trace. */
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

/** Why something fails, as data: which error it is, whether trying again can help, and what a person should do. */
export interface Cause {
  /** Its name in the table it stands in. */
  name: string;
  error: keyof typeof classes;
  retryable: boolean;
  hint: string;
}

/** A table of causes: each entry gets its own key as `name`. */
export function defineCauses<const Table extends Record<string, Omit<Cause, 'name'>>>(
  table: Table,
): { [Name in keyof Table]: Cause } {
  const named = Object.entries(table).map(([name, cause]) => [name, { name, ...cause }]);
  return Object.fromEntries(named) as { [Name in keyof Table]: Cause };
}

/**
 * The error of a cause.
 *
 * @param message what happened, in this very case
 * @param details what else is known of it; `retryable` where the cause alone does not decide that
 */
export function errorOf(
  { name, error, retryable, hint }: Cause,
  message: string,
  details: Omit<SyncErrorOptions, 'hint' | 'causeName'>,
): SyncError {
  return new classes[error](message, { retryable, ...details, hint, causeName: name });
}
