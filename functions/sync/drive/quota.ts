/** The reasons by which Drive says that a quota is used up (https://developers.google.com/workspace/drive/api/guides/handle-errors). */
import type { SyncError } from '../core/errors.ts';

/** Limits on the rate of calls: the same call succeeds a little later. */
export const rateLimitReasons: ReadonlySet<string> = new Set(['rateLimitExceeded', 'userRateLimitExceeded']);

const quotaReasons: ReadonlySet<string> = new Set([
  ...rateLimitReasons,
  'dailyLimitExceeded',
  'quotaExceeded',
  'sharingRateLimitExceeded',
  'downloadQuotaExceeded',
]);

/** True where Drive refused a call because a quota is used up: it would refuse the next one as well. */
export function isQuotaExhausted({ reason }: Pick<SyncError, 'reason'>): boolean {
  return reason !== undefined && quotaReasons.has(reason);
}
