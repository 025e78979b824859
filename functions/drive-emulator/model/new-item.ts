import type { FileContent } from './item.ts';

/** A time as RFC 3339 text, a Date, or milliseconds since 1970. */
export type Time = string | number | Date;

export interface NewItem {
  readonly name: string;
  /** The id of a folder; `root` is the root of My Drive. */
  readonly parent: string;
  readonly id?: string;
  readonly createdTime?: Time;
  readonly modifiedTime?: Time;
  /** If set, callers must send this key in `X-Goog-Drive-Resource-Keys` to access the item. */
  readonly resourceKey?: string;
}

export interface NewFile extends NewItem {
  readonly mimeType?: string;
  /** In bytes. Ignored if `content` is in memory. */
  readonly size?: number;
  readonly md5?: string;
  readonly content?: string | FileContent;
}

export interface NewShortcut extends NewItem {
  /** The id of the target, which may not exist. */
  readonly target: string;
  /** Required if the target does not exist. Default: the target's MIME type. */
  readonly targetMimeType?: string;
  readonly targetResourceKey?: string;
}

export interface Edit {
  readonly size?: number;
  readonly md5?: string;
  readonly content?: string | FileContent;
  /** Default: now. Pass an old time to emulate an upload that keeps the local file's time. */
  readonly modifiedTime?: Time;
}

/** Incorrect use of the model by a test or by the emulator itself, for example a parent that does not exist. */
export class DriveModelError extends Error {
  override name = 'DriveModelError';
}

/**
 * Converts a time to milliseconds since 1970.
 * @throws DriveModelError if the time is invalid
 */
export function toMs(time: Time): number {
  const ms = typeof time === 'number' ? Math.floor(time) : new Date(time).getTime();
  if (Number.isNaN(ms)) throw new DriveModelError(`Invalid time: ${String(time)}`);
  return ms;
}

/** Encodes text content as UTF-8. */
export function toContent(content: string | FileContent | undefined): FileContent | undefined {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
