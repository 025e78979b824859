/** A number that changes when a secret's value does, and says nothing else about it. */
import { scryptSync } from 'node:crypto';

/**
 * The version number of a secret's value.
 *
 * Terraform cannot compare a write-only value with what it wrote before, because it keeps neither; it compares
 * this number, which therefore stands in the plan and in the state. It must be the same wherever the same
 * `.env` file is deployed from (no random salt, nothing kept on one machine), or a deployment from CI would
 * rotate every secret; and it must not help anybody who reads the state to find the value.
 *
 * - A slow hash, salted with the environment and the name: equal values in two places get unequal numbers, and
 *   each guess costs some 30 ms.
 * - Cut to 16 bits: of all wrong guesses one in 65,536 gives the same number, so the number never proves a guess.
 *   For a key or a token that leaves nothing to attack; a value that can be guessed at all (a project's id, which
 *   is no real secret) loses 16 bits of doubt.
 *
 * The price: one new value in 65,536 gets the number of the old one and is not written. A plan without a change
 * after a rotation shows it; deploying with the name removed and then given again cures it.
 */
export function secretVersion(environment: string, name: string, value: string): number {
  const digest = scryptSync(value, `drive-catalog-sync/${environment}/${name}`, 2, { N: 16_384, r: 8, p: 1 });
  // Starts at 1: a provider could take 0 for a number that is not set.
  return digest.readUInt16BE() + 1;
}
