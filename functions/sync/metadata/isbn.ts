/** ISBNs with a valid check digit. */

/** Returns the digits of an ISBN-10 or ISBN-13 without hyphens, or null if the check digit is wrong. */
export function readIsbn(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^e?isbn(?:[\s-]*1[03](?!\d))?[\s:#.=-]*/iu, '')
    .replace(/^_+|_+$/gu, '');
  if (!/^[\dXx](?:[\s_–-]?[\dXx]){9,12}$/u.test(bare)) return null;
  const digits = bare.replace(/[^\dXx]/gu, '').toUpperCase();
  if (digits.length === 13)
    return /^97[89]\d{10}$/u.test(digits) && isbn13Sum(digits) % 10 === 0 ? digits : null;
  return /^\d{9}[\dX]$/u.test(digits) && isbn10Sum(digits) % 11 === 0 ? digits : null;
}

function isbn13Sum(digits: string): number {
  let sum = 0;
  for (const [at, digit] of [...digits].entries()) sum += Number(digit) * (at % 2 === 0 ? 1 : 3);
  return sum;
}

function isbn10Sum(digits: string): number {
  let sum = 0;
  for (const [at, digit] of [...digits].entries()) sum += (digit === 'X' ? 10 : Number(digit)) * (10 - at);
  return sum;
}
