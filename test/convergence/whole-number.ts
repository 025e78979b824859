/** Numbers on the command line. */

/** The value of an option that is a whole number; ends the program with 2 where it is none, and says so. */
export function wholeNumber(option: string, value: string, least = 0): number {
  if (/^\d{1,10}$/.test(value) && Number(value) >= least) return Number(value);
  console.error(`--${option} is "${value}", and has to be a whole number of at least ${least}.`);
  process.exit(2);
}
