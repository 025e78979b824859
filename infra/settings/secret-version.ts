/** A number that changes when a secret's value changes, and reveals nothing else about it. */
import { scryptSync } from 'node:crypto';

/**
 * The version number of a secret's value.
 *
 * Terraform cannot compare a write-only value with the previous one, because it stores neither. It compares this
 * number instead, which is therefore stored in the plan and the state. The number must be the same wherever the same
 * `.env` file is deployed from (no random salt, nothing stored on one machine): otherwise a deployment from CI would
 * rotate every secret. And it must not help anyone who reads the state to find the value.
 *
 * - It is a slow hash, salted with the environment and the name: equal values in two places get different numbers, and
 *   each guess costs about 30 ms.
 * - It is truncated to 16 bits: one in 65,536 wrong guesses gives the same number, so the number never confirms a
 *   guess. For a key or a token that leaves nothing to attack. A value that can be guessed at all (such as a project
 *   id, which is not really a secret) loses 16 bits of uncertainty.
 *
 * The price: one in 65,536 new values gets the same number as the old one and is not written. A plan that shows no
 * change after a rotation reveals this. To fix it, deploy with the setting removed, then deploy again with it set.
 */
export function secretVersion(environment: string, name: string, value: string): number {
  const digest = scryptSync(value, `drive-catalog-sync/${environment}/${name}`, 2, { N: 16_384, r: 8, p: 1 });
  // Starts at 1, because a provider could treat 0 as not set.
  return digest.readUInt16BE() + 1;
}
