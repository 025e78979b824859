import type { Readable } from 'node:stream';
import { DriveError, OAuthError } from '../errors.ts';

/** A response that has not been sent yet. If the body is a stream, `headers` has its length. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable;
}

/** A response with a JSON body. */
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

/** A response with an HTML page, as Google's front end sends when the request does not reach an API. */
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

/** A redirect of the browser to another page. */
export function redirect(to: URL): Answer {
  return { status: 302, headers: { location: to.href, 'content-length': '0' }, body: Buffer.alloc(0) };
}

/** The response for a `DriveError` or `OAuthError` thrown by a handler. Rethrows any other error. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof DriveError) {
    return jsonAnswer(error.code, error.toBody(), error.code === 401 ? { 'www-authenticate': 'Bearer' } : {});
  }
  if (error instanceof OAuthError) return jsonAnswer(error.code, error.toBody());
  throw error;
}
