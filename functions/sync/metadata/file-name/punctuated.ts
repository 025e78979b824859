/** The rules for names of one phrase in which a period or a comma separates author and title. */
import { takeTrailingYear } from '../dates.ts';
import { readPeople } from '../people.ts';
import { titleEvidence, weigh } from './evidence.ts';
import { type Segment, written } from './segments.ts';
import type { Context, Verdict } from './verdict.ts';

/** `Leonard Susskind. The Black Hole War`, `Иванов И.И. Алгебра`: people, a period, a title. */
export function authorStopTitle(segment: Segment, { anyCase }: Context): Verdict | null {
  const text = written(segment.pieces);
  let found: Verdict | null = null;
  for (let at = text.indexOf('. '); at > 0 && at < 120; at = text.indexOf('. ', at + 1)) {
    const head = text.slice(0, at);
    const tail = text.slice(at + 2).trim();
    const initial = /(?:^|[\s.])\p{Lu}$/u.test(head);
    const people = readPeople(initial ? `${head}.` : head, anyCase);
    if (people === null || people.evidence < 3 || /^\p{Lu}\./u.test(tail)) continue;
    // In `Robert C. Martin ...` the period is inside the name. In `Petrov A. B. ...` the last period ends the name.
    if (initial && !people.names.every((name) => /^\p{L}{2,}(?:-\p{L}+)?(?: ?\p{Lu}\.)+$/u.test(name)))
      continue;
    const rest = weigh(tail, anyCase);
    // `Лев Толстой. Анна Каренина`: a person's name may be the title of somebody else's book.
    const one = !initial && people.names.length === 1 && rest.people?.names.length === 1;
    if (rest.people === null || rest.balance < 2 || one) {
      found = { title: tail, author: people.names, rule: 'author. title', sure: people.evidence >= 4 };
    }
  }
  return found;
}

/** `The Great Game, Jo March & Ann Lee`, `Build then buy _ Jo March`: people after a comma or a single underscore. */
export function titleComma(segment: Segment, { anyCase, finds }: Context): Verdict | null {
  const whole = written(segment.pieces);
  // `Silent Spring, Rachel Carson, 1962` is title, author and year.
  const dated = /, \d{4}$/u.test(whole) ? takeTrailingYear(whole, finds.lastYear) : null;
  const text = dated?.rest ?? whole;
  for (let at = text.search(/[,:] /u), round = 0; at > 0 && round < 12; round += 1) {
    const head = weigh(text.slice(0, at), anyCase);
    const tail = weigh(text.slice(at + 2), anyCase);
    if (
      tail.people !== null &&
      tail.people.evidence >= 3 &&
      (dated !== null
        ? head.balance < tail.balance && tail.people.names.length === 1
        : head.people === null && titleEvidence(head.text) >= 2)
    ) {
      if (dated !== null) finds.year ??= dated.year;
      return { title: head.text, author: tail.people.names, rule: 'title, author', sure: false };
    }
    const next = text.slice(at + 1).search(/[,:] /u);
    if (next < 0) break;
    at += next + 1;
  }
  return null;
}
