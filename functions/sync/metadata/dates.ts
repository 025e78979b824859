/** Years of publication: where a name may contain one, and which numbers count as one. */

const months =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const shapes: readonly RegExp[] = [
  /^(?:c|©|\(c\)|copyright\s+)?\s?(\d{4})(?:\s?г\.?|年)?$/iu,
  /^(\d{4})(?:0[1-9]|1[0-2])(?:[0-3]\d)?$/u,
  /^(\d{4})[-./](?:0?[1-9]|1[0-2])(?:[-./][0-3]?\d)?$/u,
  /^[0-3]?\d[-./][0-3]?\d[-./](\d{4})$/u,
  /^(?:0?[1-9]|1[0-2])[-./](\d{4})$/u,
  new RegExp(`^(?:${months})\\.?\\s+(?:[0-3]?\\d(?:st|nd|rd|th)?,?\\s+)?(\\d{4})$`, 'iu'),
  new RegExp(`^[0-3]?\\d(?:st|nd|rd|th|\\.)?\\s+(?:${months})\\.?,?\\s+(\\d{4})$`, 'iu'),
  new RegExp(`^(\\d{4})\\s?[-,]?\\s?(?:${months})(?:\\s+[0-3]?\\d)?$`, 'iu'),
];

/** Returns the year of a phrase that is only a date (`2016`, `2016-11`, `201611`, `Oct 15th, 2014`), or null. */
export function readDate(phrase: string, lastYear: number): string | null {
  const text = phrase.trim();
  if (text.length > 30) return null;
  for (const shape of shapes) {
    const year = shape.exec(text)?.[1];
    if (year !== undefined && isYear(year, lastYear)) return year;
  }
  return null;
}

/** True for a plausible year of publication. Printing began about 1450; next year's books are sold this year. */
export function isYear(digits: string, lastYear: number): boolean {
  return /^\d{4}$/u.test(digits) && Number(digits) >= 1450 && Number(digits) <= lastYear;
}

/** Words before a number that make it part of the phrase: `since 1945`, `Office 2016`. */
const binding =
  /(?:^|\s)(?:of|in|since|until|till|to|from|before|after|by|about|around|circa|year|and|de|em|desde|seit|von|bis|в|до|после|excel|office|word|access|outlook|powerpoint|project|visio|windows|server|studio|exchange|sharepoint|dynamics|autocad|revit|solidworks|inventor|fusion|matlab|\d+\s?[-–—]?|[-–—/])$/iu;

/**
 * Removes a bare year from the end of a phrase: `Art of Electronics 2020`. Returns null if the number belongs to the
 * phrase (`Europe since 1945`, `1914-1918`, `Excel 2019`), or is before 1900: too old for an edition in a library.
 */
export function takeTrailingYear(phrase: string, lastYear: number): { rest: string; year: string } | null {
  const found = /^(.*\S)[\s,.]+((?:19|20)\d{2})$/u.exec(phrase.trim());
  const rest = found?.[1]?.replace(/[\s,.]+$/u, '');
  const year = found?.[2];
  if (rest === undefined || year === undefined || !isYear(year, lastYear) || binding.test(rest)) return null;
  const month = new RegExp(`^(.*\\S)\\s+(?:${months})$`, 'iu').exec(rest)?.[1];
  if (month !== undefined && binding.test(month)) return null;
  return /\p{L}/u.test(rest) ? { rest: month ?? rest, year } : null;
}
