import { md5Of } from './ids.ts';

export const folderMimeType = 'application/vnd.google-apps.folder';
export const shortcutMimeType = 'application/vnd.google-apps.shortcut';

/**
 * Where a file's bytes come from: memory or a file on disk. Without content, bytes are generated from the file's id.
 */
export type FileContent = Uint8Array | { readonly path: string };

/** What a shortcut points to. The target may no longer exist. */
export interface ShortcutTarget {
  readonly id: string;
  readonly mimeType: string;
  readonly resourceKey?: string;
}

/** Properties that only few items have, kept apart so that a plain file takes little memory. */
export interface ItemExtra {
  content?: FileContent;
  target?: ShortcutTarget;
  resourceKey?: string;
  /** The name of the shared drive; set on its root folder only. */
  sharedDriveName?: string;
  /**
   * The caller is not a member and sees only items shared individually; set on the root folder of a shared drive
   * only.
   */
  isForeign?: boolean;
}

const trashedFlag = 1;
const hiddenFlag = 2;
const deletedFlag = 4;

/**
 * A file, folder or shortcut of the model. A million items must fit in memory. So flags are bits, times are stored as
 * small integers (V8 allocates an object for a number as large as a time in milliseconds), and everything that can be
 * computed is computed (links, `trashed` for the contents of a trashed folder).
 */
export class Item {
  readonly id: string;
  name: string;
  parent: Item | null;
  readonly mimeType: string;
  /** In bytes; 0 for folders and shortcuts. */
  size: number;
  /** Null if the checksum is derived from the id; see `md5()`. */
  storedMd5: string | null;
  readonly #createdSeconds: number;
  #modifiedSeconds: number;
  /** The millisecond parts of both times in one number: 1000 * creation + modification. */
  #milliseconds: number;
  version = 1;
  /** Position among the siblings. Values ascend and are never reused. */
  order = 0;
  flags = 0;
  /** For folders only; ascending by `order`. */
  readonly children: Item[] | null;
  extra: ItemExtra | null = null;

  constructor(
    id: string,
    name: string,
    mimeType: string,
    size: number,
    md5: string | null,
    createdMs: number,
    modifiedMs: number,
  ) {
    this.id = id;
    this.name = name;
    this.parent = null;
    this.mimeType = mimeType;
    this.size = size;
    this.storedMd5 = md5;
    this.#createdSeconds = Math.floor(createdMs / 1000);
    this.#modifiedSeconds = Math.floor(modifiedMs / 1000);
    this.#milliseconds =
      (createdMs - this.#createdSeconds * 1000) * 1000 + modifiedMs - this.#modifiedSeconds * 1000;
    this.children = mimeType === folderMimeType ? [] : null;
  }

  get createdMs(): number {
    return this.#createdSeconds * 1000 + Math.floor(this.#milliseconds / 1000);
  }

  get modifiedMs(): number {
    return this.#modifiedSeconds * 1000 + (this.#milliseconds % 1000);
  }

  set modifiedMs(ms: number) {
    const createdPart = Math.floor(this.#milliseconds / 1000) * 1000;
    this.#modifiedSeconds = Math.floor(ms / 1000);
    this.#milliseconds = createdPart + ms - this.#modifiedSeconds * 1000;
  }

  get isFolder(): boolean {
    return this.children !== null;
  }

  get isShortcut(): boolean {
    return this.mimeType === shortcutMimeType;
  }

  /** Whether the item has bytes that can be downloaded. */
  get isBinary(): boolean {
    return !this.mimeType.startsWith('application/vnd.google-apps.');
  }

  get explicitlyTrashed(): boolean {
    return (this.flags & trashedFlag) !== 0;
  }

  set explicitlyTrashed(on: boolean) {
    this.flags = on ? this.flags | trashedFlag : this.flags & ~trashedFlag;
  }

  get explicitlyHidden(): boolean {
    return (this.flags & hiddenFlag) !== 0;
  }

  set explicitlyHidden(on: boolean) {
    this.flags = on ? this.flags | hiddenFlag : this.flags & ~hiddenFlag;
  }

  get deleted(): boolean {
    return (this.flags & deletedFlag) !== 0;
  }

  set deleted(on: boolean) {
    this.flags = on ? this.flags | deletedFlag : this.flags & ~deletedFlag;
  }

  /** Whether the item or a folder above it is in the trash. */
  get trashed(): boolean {
    return this.#anyAncestor(trashedFlag);
  }

  /** Whether neither the item nor a folder above it is deleted or hidden from the caller. */
  get visible(): boolean {
    return !this.#anyAncestor(hiddenFlag | deletedFlag);
  }

  /** The shared drive that contains the item; null for My Drive. */
  get sharedDriveId(): string | null {
    const root = this.root;
    return root.extra?.sharedDriveName === undefined ? null : root.id;
  }

  /** The topmost ancestor: the root folder of My Drive or of a shared drive. */
  get root(): Item {
    let item: Item = this;
    while (item.parent !== null) item = item.parent;
    return item;
  }

  /** The MD5 checksum of a binary file (hexadecimal); null for items without bytes. */
  md5(): string | null {
    if (!this.isBinary) return null;
    return this.storedMd5 ?? md5Of(this.id);
  }

  #anyAncestor(mask: number): boolean {
    let item: Item | null = this;
    while (item !== null) {
      if ((item.flags & mask) !== 0) return true;
      item = item.parent;
    }
    return false;
  }
}

/** The index of the first child whose `order` is greater than `order`. */
export function firstChildAfter(children: readonly Item[], order: number): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((children[middle] as Item).order <= order) low = middle + 1;
    else high = middle;
  }
  return low;
}
