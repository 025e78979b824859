/**
 * The error reasons that mean a Drive quota is used up
 * (https://developers.google.com/workspace/drive/api/guides/handle-errors).
 */
import type { SyncError } from '../core/errors.ts';

/** Rate limits: the same call succeeds a little later. */
export const rateLimitReasons: ReadonlySet<string> = new Set(['rateLimitExceeded', 'userRateLimitExceeded']);

const quotaReasons: ReadonlySet<string> = new Set([
  ...rateLimitReasons,
  'dailyLimitExceeded',
  'quotaExceeded',
  'sharingRateLimitExceeded',
  'downloadQuotaExceeded',
]);

/** True if Drive rejected a call because a quota is used up. It would reject the next call too. */
export function isQuotaExhausted({ reason }: Pick<SyncError, 'reason'>): boolean {
  return reason !== undefined && quotaReasons.has(reason);
}
