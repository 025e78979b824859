import { md5Of } from './ids.ts';

export const FOLDER = 'application/vnd.google-apps.folder';
export const SHORTCUT = 'application/vnd.google-apps.shortcut';

/** Where a file's bytes come from: memory, a file on disk, or (none given) made up from its id. */
export type FileContent = Uint8Array | { readonly path: string };

/** What a shortcut points at; the target may be gone. */
export interface ShortcutTarget {
  readonly id: string;
  readonly mimeType: string;
  readonly resourceKey?: string;
}

/** What only few items have, kept apart so that a plain file stays small. */
export interface ItemExtra {
  content?: FileContent;
  target?: ShortcutTarget;
  resourceKey?: string;
  /** Set on the root folder of a shared drive: the drive's name. */
  sharedDriveName?: string;
  /** Set there too: the caller is no member, and sees only what is shared with them by itself. */
  isForeign?: boolean;
}

const TRASHED = 1;
const HIDDEN = 2;
const DELETED = 4;

/**
 * One file, folder or shortcut of the model. A million of these must fit, so flags are bits, times are kept as
 * small integers (V8 gives a number of milliseconds an object of its own), and everything that can be computed
 * (links, `trashed` of what is inside a trashed folder) is.
 */
export class Item {
  readonly id: string;
  name: string;
  parent: Item | null;
  readonly mimeType: string;
  /** In bytes; 0 for folders and shortcuts. */
  size: number;
  /** Null: derived from the id, see `md5()`. */
  storedMd5: string | null;
  readonly #createdSeconds: number;
  #modifiedSeconds: number;
  /** Thousands: milliseconds of the creation; the rest: of the modification. */
  #milliseconds: number;
  version = 1;
  /** Position among the siblings: ascending, never used twice. */
  order = 0;
  flags = 0;
  /** Folders only, ascending by `order`. */
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
    this.children = mimeType === FOLDER ? [] : null;
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
    return this.mimeType === SHORTCUT;
  }

  /** Whether it has bytes that can be downloaded. */
  get isBinary(): boolean {
    return !this.mimeType.startsWith('application/vnd.google-apps.');
  }

  get explicitlyTrashed(): boolean {
    return (this.flags & TRASHED) !== 0;
  }

  set explicitlyTrashed(on: boolean) {
    this.flags = on ? this.flags | TRASHED : this.flags & ~TRASHED;
  }

  get explicitlyHidden(): boolean {
    return (this.flags & HIDDEN) !== 0;
  }

  set explicitlyHidden(on: boolean) {
    this.flags = on ? this.flags | HIDDEN : this.flags & ~HIDDEN;
  }

  get deleted(): boolean {
    return (this.flags & DELETED) !== 0;
  }

  set deleted(on: boolean) {
    this.flags = on ? this.flags | DELETED : this.flags & ~DELETED;
  }

  /** Trashed itself or inside something trashed, at any depth. */
  get trashed(): boolean {
    return this.#anyAncestor(TRASHED);
  }

  /** Not deleted, and neither it nor a folder above it is hidden from the caller. */
  get visible(): boolean {
    return !this.#anyAncestor(HIDDEN | DELETED);
  }

  /** The shared drive it lies in, or null for My Drive. */
  get sharedDriveId(): string | null {
    const root = this.root;
    return root.extra?.sharedDriveName === undefined ? null : root.id;
  }

  /** The topmost item above it: the root folder of My Drive or of a shared drive. */
  get root(): Item {
    let item: Item = this;
    while (item.parent !== null) item = item.parent;
    return item;
  }

  /** The checksum of a binary file (hexadecimal), null for what has no bytes. */
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

/** Index of the first child whose `order` is greater than `order`. */
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
