/**
 * Why a run fails, as data: which error it is, whether trying again can help, and what a person should do.
 *
 * The tables are in drive/causes.ts and catalog/causes.ts; the troubleshooting pages are held against
 * them. The sentence before the hint names what was being done, so it is made where that is known.
 */
import {
  AuthenticationError,
  CatalogError,
  ConfigError,
  DriveScanError,
  NetworkError,
  type SyncError,
  type SyncErrorOptions,
} from './errors.ts';

const classes = { AuthenticationError, CatalogError, ConfigError, DriveScanError, NetworkError };

export interface Cause {
  error: keyof typeof classes;
  retryable: boolean;
  hint: string;
}

/** The error of a cause, with the sentence and what else is known of this very case. */
export function errorOf(
  { error, retryable, hint }: Cause,
  message: string,
  details: Omit<SyncErrorOptions, 'hint' | 'retryable'>,
): SyncError {
  return new classes[error](message, { ...details, hint, retryable });
}
