/** A piece of a file, as Drive gives it. */
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import { headerOf, malformedAnswer } from './errors.ts';

/**
 * Asks for the bytes from `start` up to, not including, `end`. What it throws looks like what any other call to Drive
 * throws: the refusal of a download comes as text, not as an object.
 *
 * @throws DriveScanError with reason `malformedAnswer` where something else came with status 200
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
    // A page for people must not be taken for the file: a book once found unreadable is not read again.
    if (bytes.length < end - start || /^text\/html\b/i.test(headerOf(headers, 'content-type') ?? ''))
      throw malformedAnswer('reading the content of a file', 'it is not the part that was asked for');
    return { data: bytes };
  } catch (error) {
    throw withBody(error);
  }
}

/**
 * So many bytes of an answer after the first `skip`, and then no more: a server that knows no ranges would send all
 * of a large file.
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

/** The client leaves the body of a refused download in the message, and nowhere else that can be read. */
function withBody(error: unknown): unknown {
  const { message, response } = (error ?? {}) as { message?: unknown; response?: object };
  if (typeof message !== 'string' || !response) return error;
  try {
    const { status, headers } = response as { status?: unknown; headers?: unknown };
    return Object.assign(new Error('refused'), { response: { status, headers, data: JSON.parse(message) } });
  } catch {
    return error;
  }
}
