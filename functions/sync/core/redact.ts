/** Keeps secrets out of everything that is written: by exact value, by the look of the text, by the name of the field. */

/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/** Texts that look like a credential whatever they are called. Each pattern is linear: no nested repetition. */
const looksSecret = [
  // A key, or what is left of one that was cut off; our own messages name the header without a body.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{16,}(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  // Without a word boundary before them: in a URL `%20` stands there, in escaped JSON `\n`.
  /ya29\.[\w.-]+/g, // Google access tokens
  /GOCSPX-[\w-]+/g, // Google OAuth client secrets
  /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g, // signed JWTs
  /AIza[\w-]{30,}/g, // API keys
  /\b1\/\/[\w-]{10,}/g, // Google refresh tokens
  // A digit and some length tell a token from the next word of "The Standard Bearer".
  /\bBearer(?:\s|%20|\+)+(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*/gi,
];

const secretKey = /secret|token|password|private.?key|authorization|credential|cookie/i;
/** Names that only sound secret. */
const harmlessKey = /^(pageToken|tokenMoved)$/;

export type Redact = (value: unknown, key?: string) => unknown;

/**
 * Makes a function that returns its argument with every secret replaced, through objects and lists.
 *
 * @param values secrets known by value; those under 6 characters are left out, they would hit innocent text
 */
export function createRedactor(values: readonly string[]): Redact {
  const variants = values.flatMap((value) => [
    value,
    value.replace(/\\n/g, '\n'),
    value.replace(/\r?\n/g, '\\n'),
    encodeURIComponent(value),
    // As in the body of a form, which escapes more.
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
 * Takes what was sent out of an error of Google's HTTP client (its `errorRedactor`). By itself the client leaves the
 * refresh token there, and whatever prints an error with its causes would print it.
 */
export function forgetRequest<T extends { config?: object; response?: unknown }>(error: T): T {
  const { response } = error;
  const answered = response !== null && typeof response === 'object' && 'config' in response;
  for (const config of [error.config, answered ? response.config : undefined])
    if (config) Object.assign(config, { data: undefined, body: undefined, headers: new Headers() });
  return error;
}
