import { Feeds } from './feeds.ts';
import { IdSource, md5Of, sharedDriveIdFromText } from './ids.ts';
import { firstChildAfter, folderMimeType, Item, shortcutMimeType } from './item.ts';
import {
  DriveModelError,
  type Edit,
  type NewFile,
  type NewItem,
  type NewShortcut,
  toContent,
  toMs,
} from './new-item.ts';

export interface DriveModelOptions {
  readonly now?: () => Date;
  /** Ids are derived from the seed and the order in which items are added. */
  readonly seed?: string;
  /**
   * Feed tokens of another generation are rejected. A model that does not survive its process passes a new generation
   * each time.
   */
  readonly generation?: number;
}

/**
 * An in-memory Google Drive: one user's My Drive, any number of shared drives, and their changes feeds.
 * Mutations are synchronous, and each is recorded in the feeds immediately. An id that does not exist, a parent that
 * is not a folder, or a move of a folder into itself throws `DriveModelError`.
 */
export class DriveModel {
  readonly rootId: string;
  readonly feeds: Feeds;
  readonly #items = new Map<string, Item>();
  readonly #ids: IdSource;
  readonly #now: () => Date;
  readonly #seed: string;
  #lastOrder = 0;

  constructor(options: DriveModelOptions = {}) {
    this.#now = options.now ?? (() => new Date());
    this.#seed = options.seed ?? 'sandbox';
    this.#ids = new IdSource(this.#seed);
    this.feeds = new Feeds(options.generation ?? 0);
    this.rootId = sharedDriveIdFromText(`${this.#seed}/My Drive`);
    const now = this.nowMs();
    this.#items.set(this.rootId, new Item(this.rootId, 'My Drive', folderMimeType, 0, null, now, now));
  }

  /** The model's clock, in milliseconds. */
  nowMs(): number {
    return this.#now().getTime();
  }

  /** The number of existing items, including roots and hidden and trashed items. */
  get size(): number {
    return this.#items.size;
  }

  /**
   * Finds an item by its id; `root` is the root of My Drive. Hidden items are found too. Undefined if the item does
   * not exist or was deleted.
   */
  find(id: string): Item | undefined {
    return this.#items.get(id === 'root' ? this.rootId : id);
  }

  /** All existing items, including roots, in order of creation. */
  items(): IterableIterator<Item> {
    return this.#items.values();
  }

  /** Adds a shared drive. The drive's id is also the id of its root folder. */
  addSharedDrive(options: { name: string; id?: string }): Item {
    const id = options.id ?? sharedDriveIdFromText(this.#ids.next());
    this.#assertFree(id);
    const now = this.nowMs();
    const root = new Item(id, 'Drive', folderMimeType, 0, null, now, now);
    root.extra = { sharedDriveName: options.name };
    this.#items.set(id, root);
    // Only the user's feed reports a new drive: the drive's own feed begins after it.
    this.feeds.record(root, id, now);
    this.feeds.addDrive(id);
    return root;
  }

  /**
   * Ends the caller's membership in a shared drive. Its items stay visible, as if each were shared with the caller.
   */
  leaveSharedDrive(sharedDriveId: string): void {
    const root = this.#existing(sharedDriveId);
    root.extra = { ...root.extra, isForeign: true };
  }

  /** Whether the caller is a member of the shared drive: only members can list the drive and read its feed. */
  isMember(sharedDriveId: string): boolean {
    const root = this.find(sharedDriveId);
    return (
      this.feeds.ofDrive(sharedDriveId) !== undefined &&
      root?.visible === true &&
      root.extra?.isForeign !== true
    );
  }

  addFolder(options: NewItem): Item {
    return this.#add(options, folderMimeType, 0, null);
  }

  /** Adds a file. Without `content`, its bytes and checksum are generated from its id. */
  addFile(options: NewFile): Item {
    const content = toContent(options.content);
    const bytes = content instanceof Uint8Array ? content : null;
    const size = bytes?.byteLength ?? options.size ?? 1024;
    const md5 = options.md5 ?? (bytes === null ? null : md5Of(bytes));
    const item = this.#add(options, options.mimeType ?? 'application/pdf', size, md5);
    if (content !== undefined) item.extra = { ...item.extra, content };
    return item;
  }

  /** Adds a shortcut. The target may be missing, or be a folder that contains the shortcut. */
  addShortcut(options: NewShortcut): Item {
    const target = this.find(options.target);
    const mimeType = options.targetMimeType ?? target?.mimeType;
    if (mimeType === undefined) {
      throw new DriveModelError(`Shortcut "${options.name}": the target does not exist. Set targetMimeType.`);
    }
    const item = this.#add(options, shortcutMimeType, 0, null);
    const key = options.targetResourceKey;
    item.extra = {
      ...item.extra,
      target: {
        id: target?.id ?? options.target,
        mimeType,
        ...(key === undefined ? {} : { resourceKey: key }),
      },
    };
    return item;
  }

  /**
   * Renames an item. `modifiedTime` does not change, so a sync that relies on `modifiedTime` alone misses the change.
   */
  rename(id: string, name: string): void {
    const item = this.#existing(id);
    item.name = name;
    this.#changed(item);
  }

  /** Changes a file's content: checksum, size and `modifiedTime` (default: now). */
  edit(id: string, edit: Edit = {}): void {
    const item = this.#existing(id);
    if (!item.isBinary) throw new DriveModelError(`"${item.name}" (${id}) has no content to edit.`);
    const content = toContent(edit.content);
    const bytes = content instanceof Uint8Array ? content : null;
    item.size = bytes?.byteLength ?? edit.size ?? item.size + 1;
    item.storedMd5 = edit.md5 ?? md5Of(bytes ?? `${id}:${item.version}`);
    item.modifiedMs = edit.modifiedTime === undefined ? this.nowMs() : toMs(edit.modifiedTime);
    const { content: _old, ...rest } = item.extra ?? {};
    item.extra = content === undefined ? rest : { ...rest, content };
    this.#changed(item);
  }

  /** Moves an item. The contents of a folder move with it and get no feed entries of their own. */
  move(id: string, newParent: string): void {
    const item = this.#existing(id);
    const parent = this.#folder(newParent);
    if (item.parent === null) throw new DriveModelError(`A root folder (${id}) cannot be moved.`);
    for (let above: Item | null = parent; above !== null; above = above.parent) {
      if (above === item) throw new DriveModelError(`"${item.name}" (${id}) cannot be moved into itself.`);
    }
    const oldDrive = item.sharedDriveId;
    this.#detach(item);
    this.#attach(item, parent);
    this.#changed(item);
    // The drive that the item left records the move too.
    if (oldDrive !== item.sharedDriveId) this.#record(item, oldDrive);
  }

  /** Moves an item to the trash. Records one feed entry, for this item only. */
  trash(id: string): void {
    this.#setFlag(id, 'explicitlyTrashed', true);
  }

  /** Restores an item from the trash. `modifiedTime` does not change. */
  untrash(id: string): void {
    this.#setFlag(id, 'explicitlyTrashed', false);
  }

  /** Revokes the caller's access to an item and its contents: 404, empty listings, `removed` in the feed. */
  hide(id: string): void {
    this.#setFlag(id, 'explicitlyHidden', true);
  }

  /** Restores the caller's access to an item. */
  show(id: string): void {
    this.#setFlag(id, 'explicitlyHidden', false);
  }

  /** Permanently deletes an item and its contents. Records one feed entry, for this item only. */
  delete(id: string): void {
    const item = this.#existing(id);
    if (id === this.rootId) throw new DriveModelError('The root of My Drive cannot be deleted.');
    const sharedDriveId = item.sharedDriveId;
    this.#detach(item);
    this.feeds.removeDrive(id);
    const doomed: Item[] = [item];
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      next.deleted = true;
      this.#items.delete(next.id);
      for (const child of next.children ?? []) doomed.push(child);
    }
    this.#record(item, sharedDriveId);
  }

  /** Records a feed entry for an item that did not change, as when somebody views a file. */
  view(id: string): void {
    const item = this.#existing(id);
    this.#record(item, item.sharedDriveId);
  }

  #add(options: NewItem, mimeType: string, size: number, md5: string | null): Item {
    const parent = this.#folder(options.parent);
    if (options.id !== undefined) this.#assertFree(options.id);
    const id = options.id ?? this.#ids.next();
    const created = options.createdTime === undefined ? this.nowMs() : toMs(options.createdTime);
    const modified = options.modifiedTime === undefined ? created : toMs(options.modifiedTime);
    const item = new Item(id, options.name, mimeType, size, md5, created, modified);
    if (options.resourceKey !== undefined) item.extra = { resourceKey: options.resourceKey };
    this.#items.set(id, item);
    this.#attach(item, parent);
    this.#record(item, item.sharedDriveId);
    return item;
  }

  #setFlag(id: string, flag: 'explicitlyTrashed' | 'explicitlyHidden', on: boolean): void {
    const item = this.#existing(id);
    if (item[flag] === on) return;
    item[flag] = on;
    this.#changed(item);
  }

  #changed(item: Item): void {
    item.version++;
    this.#record(item, item.sharedDriveId);
  }

  #record(item: Item, sharedDriveId: string | null): void {
    this.feeds.record(item, sharedDriveId, this.nowMs());
  }

  #attach(item: Item, parent: Item): void {
    item.parent = parent;
    item.order = ++this.#lastOrder;
    parent.children?.push(item);
  }

  #detach(item: Item): void {
    const siblings = item.parent?.children;
    if (siblings != null) siblings.splice(firstChildAfter(siblings, item.order - 1), 1);
    item.parent = null;
  }

  #existing(id: string): Item {
    const item = this.find(id);
    if (item === undefined) throw new DriveModelError(`Item not found: ${id}.`);
    return item;
  }

  #folder(id: string): Item {
    const item = this.#existing(id);
    if (!item.isFolder) throw new DriveModelError(`"${item.name}" (${id}) is not a folder.`);
    return item;
  }

  #assertFree(id: string): void {
    if (this.#items.has(id)) throw new DriveModelError(`The id ${id} is already in use.`);
  }
}
