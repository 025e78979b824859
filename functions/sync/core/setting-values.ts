/** Building blocks of the settings schema in config.ts, and parsers for the values that people paste. */
import { createPrivateKey } from 'node:crypto';
import * as z from 'zod';

/** Text with at least one non-blank character. */
export const text = z.string().trim().min(1);
/** The name of a Firestore collection. */
export const name = text
  .regex(/^[^/]+$/, 'a collection name without "/"')
  .refine((value) => !/^(\.|\.\.|__.*__)$/.test(value), 'a collection name that Firestore allows');
/** A whole number from `low` to `high`. The message says what is expected. */
export const count = (low: number, high: number) =>
  z.coerce
    .number(`a whole number from ${low} to ${high}`)
    .int(`a whole number from ${low} to ${high}`)
    .min(low, `a whole number from ${low} to ${high}`)
    .max(high, `a whole number from ${low} to ${high}`);

/**
 * Reads a folder ID, or any Drive URL of a folder, which can also contain a resource key. Returns undefined if the
 * value is neither.
 */
export function parseFolder(value: string): { id: string; resourceKey: string | undefined } | undefined {
  if (/^[\w-]{10,}$/.test(value)) return { id: value, resourceKey: undefined };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/(^|\.)google\.com$/.test(url.hostname)) return undefined;
  const id = /\/folders\/([\w-]{10,})/.exec(url.pathname)?.[1] ?? url.searchParams.get('id');
  return id && /^[\w-]{10,}$/.test(id)
    ? { id, resourceKey: url.searchParams.get('resourcekey') ?? undefined }
    : undefined;
}

/**
 * Returns a pasted private key as PEM with real newlines; undefined if it is not a valid key. The input may be
 * quoted, or contain the two characters `\n` in place of each newline.
 */
export function parsePrivateKey(value: string): string | undefined {
  const pem = value
    .replace(/^(["'])(.*)\1$/s, '$2')
    .replace(/\\r\\n|\\n|\r\n/g, '\n')
    .trim();
  try {
    createPrivateKey(pem);
    return `${pem}\n`;
  } catch {
    return undefined;
  }
}
