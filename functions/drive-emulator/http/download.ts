import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { DriveError, fileNotFound } from '../errors.ts';
import type { Item } from '../model/item.ts';
import { type Answer, jsonAnswer } from './answer.ts';

/**
 * Handles `alt=media`: 200 with the whole file, 206 with the requested range, 416 for a range that starts beyond the
 * end. Multiple ranges and invalid ranges get 200 with the whole file, which RFC 9110, section 14.2, allows.
 * @throws DriveError 403 `fileNotDownloadable` for folders, shortcuts and Google's own formats
 */
export function download(item: Item, rangeHeader: string | undefined): Answer {
  if (!item.isBinary) {
    throw new DriveError(
      403,
      'fileNotDownloadable',
      'Only files with binary content can be downloaded. Use Export with Docs Editors files.',
      { at: { location: 'alt', locationType: 'parameter' } },
    );
  }
  const size = sizeOf(item);
  const headers = { 'content-type': item.mimeType, 'accept-ranges': 'bytes' };
  const range = parseRange(rangeHeader, size);
  if (range === 'unsatisfiable') {
    const error = new DriveError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable', {
      at: { location: 'Range', locationType: 'header' },
    });
    return jsonAnswer(416, error.toBody(), { 'content-range': `bytes */${size}` });
  }
  if (range === null) {
    return {
      status: 200,
      headers: { ...headers, 'content-length': String(size) },
      body: read(item, 0, size),
    };
  }
  const [start, end] = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end - start),
      'content-range': `bytes ${start}-${end - 1}/${size}`,
    },
    body: read(item, start, end),
  };
}

/** The requested range as [start, end), or null for the whole file. */
function parseRange(header: string | undefined, size: number): [number, number] | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const suffix = Number(last);
    return suffix === 0 || size === 0 ? 'unsatisfiable' : [Math.max(0, size - suffix), size];
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) return 'unsatisfiable';
  return [start, last === '' ? size : Math.min(size, Number(last) + 1)];
}

function sizeOf(item: Item): number {
  const content = item.extra?.content;
  if (content === undefined || content instanceof Uint8Array) return item.size;
  const stat = statSync(content.path, { throwIfNoEntry: false });
  if (stat === undefined) throw fileNotFound(item.id);
  return stat.size;
}

function read(item: Item, start: number, end: number): Uint8Array | Readable {
  const content = item.extra?.content;
  if (content instanceof Uint8Array) return content.subarray(start, end);
  if (start === end) return new Uint8Array();
  if (content !== undefined) return createReadStream(content.path, { start, end: end - 1 });
  return Readable.from(synthesize(item.id, start, end));
}

const chunkBytes = 65_536;

/** Generates bytes from a file's id: the same for each position of the same file, different for other files. */
function* synthesize(id: string, start: number, end: number): Generator<Buffer> {
  const period = Buffer.from(id.repeat(Math.ceil(chunkBytes / id.length) + 1), 'latin1');
  for (let position = start; position < end; position += chunkBytes) {
    const offset = position % id.length;
    yield period.subarray(offset, offset + Math.min(chunkBytes, end - position));
  }
}
