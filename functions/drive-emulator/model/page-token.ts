import { md5Of } from './ids.ts';

/**
 * Packs parts into an opaque page token. The token includes a checksum over its parts and purpose, so that a token of
 * another list, or one that a client made up or truncated, is rejected.
 */
export function sealToken(purpose: string, parts: readonly string[]): string {
  const body = JSON.stringify(parts);
  return Buffer.from(checkSum(purpose, body) + body).toString('base64url');
}

/** Unpacks the parts of a token sealed for the same purpose. Null for any other string. */
export function openToken(purpose: string, token: string): readonly string[] | null {
  const text = Buffer.from(token, 'base64url').toString();
  const body = text.slice(8);
  if (text.slice(0, 8) !== checkSum(purpose, body)) return null;
  const parts: unknown = JSON.parse(body);
  // Base64 decoding ignores invalid characters, so compare the strings: only the exact token that was issued is valid.
  return Array.isArray(parts) && sealToken(purpose, parts) === token ? parts : null;
}

function checkSum(purpose: string, body: string): string {
  return md5Of(`${purpose}\n${body}`).slice(0, 8);
}
