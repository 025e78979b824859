/** Formats the error that made a run fail, for a person or for a script. */
import { messageOf, SyncError } from '../../sync/core/errors.ts';
import { multiLine, type Redact } from '../../sync/core/redact.ts';
import { pc } from './colors.ts';

/** An error as `--json` prints it. */
export interface FailureDocument {
  /** The error class, as listed in docs/errors.md. */
  class: string;
  reason: string | null;
  message: string;
  hint: string | null;
  retryable: boolean;
}

/** Describes an error without secrets. Unexpected errors have no hint. */
export function failureDocumentOf(error: unknown, redact: Redact): FailureDocument {
  const known = error instanceof SyncError ? error : undefined;
  const failure: FailureDocument = {
    class: error instanceof Error ? error.name : 'unknown',
    reason: known?.reason ?? null,
    message: messageOf(error),
    hint: known?.hint ?? null,
    retryable: known?.retryable ?? false,
  };
  return redact(failure) as FailureDocument;
}

/** Formats a failure for a person. @param what the operation that failed, such as `Synchronization failed` */
export function formatFailure(what: string, failure: FailureDocument, environment: string): string {
  const kind = failure.reason ? `${failure.class}, ${failure.reason}` : failure.class;
  const lines = [pc.red(multiLine(`${what}: ${failure.message} (${kind})`))];
  if (failure.hint) lines.push(`  What to do: ${multiLine(failure.hint)}`);
  if (failure.retryable) lines.push('  The error may be temporary: try again.');
  if (/^(Authentication|Config)Error$/.test(failure.class))
    lines.push(`  To check all settings and permissions: npx catalog-sync doctor --env ${environment}`);
  return lines.join('\n');
}
