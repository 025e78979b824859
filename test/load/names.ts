/** File names that are known to break programs. */

/** Unicode's general categories. */
const categories =
  'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(' ');

/** Makes two names for each category: one with characters from all of it, and one with a single character. */
export function namesOfEveryCategory(): [what: string, name: string][] {
  const found = new Map<string, string[]>(categories.map((category) => [category, []]));
  const patterns = categories.map((category) => [category, new RegExp(`^\\p{${category}}$`, 'u')] as const);
  // Every code point below U+3000, then prime steps, so that no pattern in Unicode's tables hides a part of them.
  for (let point = 0; point <= 0x10ffff; point += point < 0x3000 ? 1 : 97) {
    const character = String.fromCodePoint(point);
    for (const [category, pattern] of patterns)
      if (pattern.test(character)) found.get(category)?.push(character);
  }
  // Surrogates that steps of 97 miss.
  found.get('Cs')?.push('\ud800', '\udbff', '\udc00', '\udfff');
  return [...found].flatMap(([category, characters]): [string, string][] => [
    [
      `category ${category}`,
      `${spread(characters, 60).join('')} - ${spread(characters, 5).join('')} (2001).pdf`,
    ],
    [`category ${category}, one character`, `${characters[0] ?? ''}.pdf`],
  ]);
}

function spread(characters: string[], count: number): string[] {
  const step = Math.max(1, Math.floor(characters.length / count));
  return characters.filter((_, index) => index % step === 0).slice(0, count);
}

/** Names that each cause one kind of trouble. */
export const hostileNames: [what: string, name: string][] = [
  ['an empty name', ''],
  ['a space', ' '],
  ['a period', '.'],
  ['two periods', '..'],
  ['a slash', '/'],
  ['a path', '../../etc/passwd - Root (1970).pdf'],
  ["another system's path", 'C:\\Users\\ann\\Book - Ann Author.pdf'],
  ['a name Firestore reserves', '__x__.pdf'],
  ['a reserved name without extension', '__name__'],
  ['a field path', 'sync.written.title`.`[0].pdf'],
  ['a prototype property', '__proto__.pdf'],
  ['255 emoji', `${'📚'.repeat(255)}.pdf`],
  ['joined family emoji', `${'👨‍👩‍👧‍👦'.repeat(200)} - Ann Author.pdf`],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)> - <b>Ann</b>.pdf'],
  ['a spreadsheet formula', '=HYPERLINK("http://x","y") - Ann Author.pdf'],
  ['a query', "' or '1'='1 - Ann O'Author.pdf"],
  ['a template', `\${process.env.GOOGLE_REFRESH_TOKEN} - {{7*7}} %s %d.pdf`],
  ['control characters', `\u0000\u0001\u001b[2J\u0007\u009b31mred\u007f - Ann.pdf`],
  ['line breaks', 'a\r\nb\nSynchronization completed successfully\u2028c\u2029d.pdf'],
  ['log lines', '{"severity":"INFO","event":"run_completed"}\n{"severity":"ERROR"}.pdf'],
  ['directional marks', '\u202egnp.exe\u202c\u2066x\u2069\u200f - Ann\u200e Author.pdf'],
  ['a byte order mark', '\ufeffBook - Ann Author.pdf'],
  ['a lone high surrogate', 'Half \ud800 a character - Ann Author.pdf'],
  ['a lone low surrogate', '\udc00.pdf'],
  ['surrogates in the wrong order', 'a\udc00\ud800b.pdf'],
  ['noncharacters', '\ufffe\uffff\u{1fffe}.pdf'],
  ['a thousand accents', `Z${'\u0301'.repeat(1_000)}algo - Ann.pdf`],
  ['2,000 bytes', `${'é'.repeat(1_000)} - Ann Author (2001).pdf`],
  ['exactly the length that is kept', `${'b'.repeat(1_496)}.pdf`],
  ['one character longer than is kept', `${'b'.repeat(1_497)}.pdf`],
  ['a cut through an emoji', `${'b'.repeat(749)}📚${'c'.repeat(900)}.pdf`],
  ['32,767 characters', `${'數'.repeat(32_763)}.pdf`],
  ['a megabyte', `${'m'.repeat(1_048_576)}.pdf`],
];
