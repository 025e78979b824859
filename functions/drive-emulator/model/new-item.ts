import type { FileContent } from './item.ts';

/** Times may be given as RFC 3339 text, a Date, or milliseconds. */
export type Time = string | number | Date;

export interface NewItem {
  readonly name: string;
  /** A folder's id; `root` is My Drive's. */
  readonly parent: string;
  readonly id?: string;
  readonly createdTime?: Time;
  readonly modifiedTime?: Time;
  /** If set, a caller must send it in `X-Goog-Drive-Resource-Keys` to see the item. */
  readonly resourceKey?: string;
}

export interface NewFile extends NewItem {
  readonly mimeType?: string;
  /** In bytes. Taken from `content` if that is in memory. */
  readonly size?: number;
  readonly md5?: string;
  readonly content?: string | FileContent;
}

export interface NewShortcut extends NewItem {
  /** An id; it need not exist (any more). */
  readonly target: string;
  /** Needed only for a target that does not exist; otherwise the target's own. */
  readonly targetMimeType?: string;
  readonly targetResourceKey?: string;
}

export interface Edit {
  readonly size?: number;
  readonly md5?: string;
  readonly content?: string | FileContent;
  /** Default: now. An upload that keeps the local file's time passes an old one. */
  readonly modifiedTime?: Time;
}

/** A misuse of the model by a test or by the sandbox itself, e.g. a parent that does not exist. */
export class SandboxError extends Error {
  override name = 'SandboxError';
}

/** @throws SandboxError if it is no time. */
export function toMs(time: Time): number {
  const ms = typeof time === 'number' ? Math.floor(time) : new Date(time).getTime();
  if (Number.isNaN(ms)) throw new SandboxError(`Not a time: ${String(time)}`);
  return ms;
}

/** Text stands for its UTF-8 bytes. */
export function toContent(content: string | FileContent | undefined): FileContent | undefined {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
