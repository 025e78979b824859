import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor, oneLine, redacted } from '../../../functions/sync/core/redact.ts';

const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----';

test.each([
  ['a refresh token', 'token 1//0abcDEF-ghi_jkl was refused', `token ${redacted} was refused`],
  ['an access token', 'Authorization: ya29.a0AfB_by.C-x', `Authorization: ${redacted}`],
  ['a client secret', 'secret=GOCSPX-abc_def', `secret=${redacted}`],
  ['an access token in a URL', '?h=Bearer%20ya29.a0AfB_by.C-x&a=1', `?h=Bearer%20${redacted}&a=1`],
  ['an access token in escaped JSON', '{\\nya29.a0AfB', `{\\n${redacted}`],
  ['a bearer header', 'header Bearer abc.def-ghi0=', `header ${redacted}`],
  ['a bearer header in a URL', 'header=Bearer%20abc.def-ghi0', `header=${redacted}`],
  ['a JWT', 'sent eyJhbGciOi.eyJpc3MiOi.sig-nature here', `sent ${redacted} here`],
  ['a private key', `key ${pem} end`, `key ${redacted} end`],
  ['a truncated private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0', redacted],
  [
    'nothing in the header of a private key alone',
    'expected "-----BEGIN PRIVATE KEY-----" ...',
    'expected "-----BEGIN PRIVATE KEY-----" ...',
  ],
  ...[
    'Added new book: Tokens of Love (1//2)',
    'Added new book: The Standard Bearer Transformed',
    'Added new book: Bearer 1984-1985',
    'Added new book: HeyJude.part1.epub',
  ].map((innocent): [string, string, string] => [`nothing in "${innocent}"`, innocent, innocent]),
])('redacts by pattern: %s', (_, text, expected) => {
  expect(createRedactor([])(text)).toBe(expected);
});

test('redacts by field name, at any depth', () => {
  const redact = createRedactor([]);
  expect(redact({ a: [{ refresh_token: 'x', privateKey: 'y', Authorization: 'z', title: 't' }] })).toEqual({
    a: [{ refresh_token: redacted, privateKey: redacted, Authorization: redacted, title: 't' }],
  });
});

test('redacts a known value in any context and any encoding', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9+/= \n'"()~!é]{6,40}$/);
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const redact = createRedactor([value]);
      for (const written of [
        value,
        encodeURIComponent(value),
        new URLSearchParams({ value }).toString().slice('value='.length),
        JSON.stringify(value).slice(1, -1),
        value.replaceAll('\n', '\\n'),
      ]) {
        const shown = JSON.stringify(
          redact({ message: `${before}${written}${after}`, list: [written], [written]: 1 }),
        );
        expect(shown).not.toContain(written);
      }
    }),
  );
});

test.each([
  ['a line break', 'a\nb', 'a\\u000ab'],
  ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
  ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
  ['a right-to-left mark', 'a\u200fb', 'a\\u200fb'],
  ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
  ['a byte order mark', '\ufeffa', '\\ufeffa'],
  ['joiners inside words and emoji, which stay', 'می\u200cروم 👩\u200d🏫', 'می\u200cروم 👩\u200d🏫'],
])('text for output is one line without %s', (_, text, expected) => {
  expect(oneLine(text)).toBe(expected);
});
