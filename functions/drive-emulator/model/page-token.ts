import { md5Of } from './ids.ts';

/**
 * Packs parts into an opaque page token. The purpose and a check sum go in, so that a token of another list,
 * or one that a client made or cut itself, is recognized as garbage.
 */
export function sealToken(purpose: string, parts: readonly string[]): string {
  const body = JSON.stringify(parts);
  return Buffer.from(checkSum(purpose, body) + body).toString('base64url');
}

/** The parts of a token sealed for the same purpose, or null for anything else. */
export function openToken(purpose: string, token: string): readonly string[] | null {
  const text = Buffer.from(token, 'base64url').toString();
  const body = text.slice(8);
  if (text.slice(0, 8) !== checkSum(purpose, body)) return null;
  const parts: unknown = JSON.parse(body);
  // Base64 decoding is lenient; only the very text that was handed out is accepted.
  return Array.isArray(parts) && sealToken(purpose, parts) === token ? parts : null;
}

function checkSum(purpose: string, body: string): string {
  return md5Of(`${purpose}\n${body}`).slice(0, 8);
}
