/** What one value of the settings may look like: the pieces of the schema in config.ts, and what people paste into it. */
import { createPrivateKey } from 'node:crypto';
import * as z from 'zod';

/** What is blank is not there. */
export const text = z.string().trim().min(1);
/** The name of a collection. */
export const name = text
  .regex(/^[^/]+$/, 'a collection name without "/"')
  .refine((value) => !/^(\.|\.\.|__.*__)$/.test(value), 'a collection name Firestore allows');
/** A whole number; what is expected stands in the message. */
export const count = (low: number, high: number) =>
  z.coerce
    .number(`a whole number from ${low} to ${high}`)
    .int(`a whole number from ${low} to ${high}`)
    .min(low, `a whole number from ${low} to ${high}`)
    .max(high, `a whole number from ${low} to ${high}`);

/** A folder's id from the id itself or from any of the links Drive shows for it; undefined where there is none. */
export function parseFolder(value: string): { id: string; resourceKey: string | undefined } | undefined {
  if (/^[\w-]{10,}$/.test(value)) return { id: value, resourceKey: undefined };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/(^|\.)google\.com$/.test(url.hostname)) return undefined;
  const id = /\/folders\/([\w-]{10,})/.exec(url.pathname)?.[1] ?? url.searchParams.get('id');
  return id && /^[\w-]{10,}$/.test(id)
    ? { id, resourceKey: url.searchParams.get('resourcekey') ?? undefined }
    : undefined;
}

/** A PEM key with real newlines, from what people paste: quoted, or with the two characters `\n` for a newline. */
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
