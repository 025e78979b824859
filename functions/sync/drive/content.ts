/** Downloads a byte range of a file from Drive. */
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import { headerOf, malformedAnswer } from './errors.ts';

/**
 * Downloads the bytes from `start` up to but not including `end`. Errors have the same shape as those of other Drive
 * calls, although the client gives the body of a rejected download as text and not as an object.
 *
 * @throws DriveScanError with reason `malformedAnswer` if a response with status 200 is not the requested range
 */
export async function readContent(
  drive: drive_v3.Drive,
  options: { headers?: Record<string, string> },
  fileId: string,
  start: number,
  end: number,
): Promise<{ data: Uint8Array }> {
  try {
    const { data, status, headers } = await drive.files.get(
      { fileId, alt: 'media', supportsAllDrives: true },
      {
        ...options,
        responseType: 'stream',
        headers: { ...options.headers, Range: `bytes=${start}-${end - 1}` },
      },
    );
    if (status === 206) return { data: await firstBytes(data, 0, end - start) };
    const bytes = await firstBytes(data, start, end - start);
    // An HTML page must not be mistaken for the file: a book that was found unreadable once is not read again.
    if (bytes.length < end - start || /^text\/html\b/i.test(headerOf(headers, 'content-type') ?? ''))
      throw malformedAnswer('downloading file content', 'not the requested byte range');
    return { data: bytes };
  } catch (error) {
    throw withBody(error);
  }
}

/**
 * Reads `count` bytes of a response after the first `skip`, then stops: a server that does not support ranges would
 * send the whole of a large file.
 */
async function firstBytes(body: AsyncIterable<Uint8Array>, skip: number, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= skip + count) break;
  }
  return new Uint8Array(Buffer.concat(chunks).subarray(skip, skip + count));
}

/** Restores the body of a rejected download, which the client makes readable only in the error message. */
function withBody(error: unknown): unknown {
  const { message, response } = (error ?? {}) as { message?: unknown; response?: object };
  if (typeof message !== 'string' || !response) return error;
  try {
    const { status, headers } = response as { status?: unknown; headers?: unknown };
    return Object.assign(new Error('download rejected'), {
      response: { status, headers, data: JSON.parse(message) },
    });
  } catch {
    return error;
  }
}
