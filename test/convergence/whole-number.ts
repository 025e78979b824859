/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a whole number of at least `least`; else Commander says so and ends the program. */
export function wholeNumber(least = 0): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`It has to be a whole number of at least ${least}.`);
  };
}
