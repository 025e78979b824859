/** Parses numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/**
 * Returns a parser for an option whose value is a whole number of at least `min`. On any other value, Commander prints
 * the error and exits.
 */
export function wholeNumber(min = 0): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text) && Number(text) >= min) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
  };
}
