/** What keeps a run from being made, for a person and for a script. */

import { messageOf, SyncError } from '../../sync/core/errors.ts';
import { multiLine } from '../../sync/core/printable.ts';
import type { Redact } from '../../sync/core/redact.ts';
import { pc } from './colors.ts';

/** An error as `--json` gives it. */
export interface FailureDocument {
  /** The class, as in docs/errors.md. */
  class: string;
  reason: string | null;
  message: string;
  hint: string | null;
  retryable: boolean;
}

/** Nothing of it shows a secret. Errors nobody foresaw have no hint. */
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

/** The same in words. @param what what did not succeed, as the beginning of a sentence */
export function formatFailure(what: string, failure: FailureDocument, environment: string): string {
  const kind = failure.reason ? `${failure.class}, ${failure.reason}` : failure.class;
  const lines = [pc.red(multiLine(`${what}: ${failure.message} (${kind})`))];
  if (failure.hint) lines.push(`  What to do: ${multiLine(failure.hint)}`);
  if (failure.retryable) lines.push('  Trying again may help.');
  if (/^(Authentication|Config)Error$/.test(failure.class))
    lines.push(`  npx catalog-sync doctor --env ${environment} looks at every setting and right.`);
  return lines.join('\n');
}
