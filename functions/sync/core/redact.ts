/**
 * Makes output safe. Removes secrets: by exact value, by text pattern, and by field name. Escapes text: file names and
 * titles can contain anything, and must not forge log lines or control a terminal.
 */

/** The replacement for a secret. */
export const redacted = '[redacted]';

/** Text that looks like a credential, in any field. Each pattern runs in linear time: no nested repetition. */
const looksSecret = [
  // A private key, even if truncated. It requires a body, because this program's own messages quote the header alone.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{16,}(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  // No word boundary before these: in a URL they may follow `%20`, and in escaped JSON `\n`.
  /ya29\.[\w.-]+/g, // Google access tokens
  /GOCSPX-[\w-]+/g, // Google OAuth client secrets
  /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g, // signed JWTs
  /AIza[\w-]{30,}/g, // API keys
  /\b1\/\/[\w-]{10,}/g, // Google refresh tokens
  // Requiring a digit and a minimum length tells a token apart from ordinary text such as "The Standard Bearer".
  /\bBearer(?:\s|%20|\+)+(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*/gi,
];

const secretKey = /secret|token|password|private.?key|authorization|credential|cookie/i;
/** Field names that match `secretKey` but are harmless. */
const harmlessKey = /^(pageToken|tokenMoved)$/;

export type Redact = (value: unknown, key?: string) => unknown;

/**
 * Creates a function that returns its argument with every secret replaced, including inside objects and lists.
 *
 * @param values known secret values; values shorter than 6 characters are ignored because they would match ordinary
 *   text
 */
export function createRedactor(values: readonly string[]): Redact {
  const variants = values.flatMap((value) => [
    value,
    value.replace(/\\n/g, '\n'),
    value.replace(/\r?\n/g, '\\n'),
    encodeURIComponent(value),
    // Form encoding, which escapes more characters.
    new URLSearchParams({ value }).toString().slice('value='.length),
    JSON.stringify(value).slice(1, -1),
  ]);
  const known = [...new Set(variants)]
    .filter((value) => value.length >= 6)
    .sort((a, b) => b.length - a.length);

  function redactText(text: string): string {
    let clean = text;
    for (const value of known) clean = clean.replaceAll(value, redacted);
    for (const pattern of looksSecret) clean = clean.replace(pattern, redacted);
    return clean;
  }

  function redact(value: unknown, key?: string): unknown {
    if (key !== undefined && secretKey.test(key) && !harmlessKey.test(key) && typeof value === 'string')
      return redacted;
    if (typeof value === 'string') return redactText(value);
    if (Array.isArray(value)) return value.map((item) => redact(item));
    if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [redactText(name), redact(item, name)]),
      );
    }
    return value;
  }
  return redact;
}

/**
 * Removes the request data from an error of Google's HTTP client. Used as the client's `errorRedactor`: by default,
 * the client leaves the refresh token in the error, and anything that prints an error with its causes would print
 * the token.
 */
export function forgetRequest<T extends { config?: object; response?: unknown }>(error: T): T {
  const { response } = error;
  const hasConfig = response !== null && typeof response === 'object' && 'config' in response;
  for (const config of [error.config, hasConfig ? response.config : undefined])
    if (config) Object.assign(config, { data: undefined, body: undefined, headers: new Headers() });
  return error;
}

/**
 * What must not reach a terminal or a log line: control characters, line breaks, marks of direction, and invisible
 * characters. The joiners U+200C and U+200D stay, because words of several languages contain them.
 */
const unprintable = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Returns the text as one line, with what is unprintable escaped as `\\uXXXX`. */
export function oneLine(text: string): string {
  return text.replace(unprintable, escapeCharacter);
}

/** Does the same for multi-line text, but keeps line feeds. */
export function multiLine(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
