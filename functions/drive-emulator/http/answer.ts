import type { Readable } from 'node:stream';
import { DriveError, OAuthError } from '../errors.ts';

/** A response before it is written. A stream has its length in `headers`. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable;
}

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'content-length': String(body.byteLength),
      ...headers,
    },
    body,
  };
}

/** An answer with a page for humans, as Google's front end gives when no API gets to see the request. */
export function htmlAnswer(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(
    `<!DOCTYPE html><html lang=en><title>${title}</title><p><b>${status}.</b> ${title}</html>\n`,
  );
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=UTF-8',
      'content-length': String(body.byteLength),
      ...headers,
    },
    body,
  };
}

/** Sends a browser to another page. */
export function redirect(to: URL): Answer {
  return { status: 302, headers: { location: to.href, 'content-length': '0' }, body: Buffer.alloc(0) };
}

/** The answer that an error thrown by a handler stands for; what is no such error is thrown again. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof DriveError) {
    return jsonAnswer(error.code, error.toBody(), error.code === 401 ? { 'www-authenticate': 'Bearer' } : {});
  }
  if (error instanceof OAuthError) return jsonAnswer(error.code, error.toBody());
  throw error;
}
