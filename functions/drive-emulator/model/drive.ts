import { Feed, type FeedEntry, type FeedManners } from './feed.ts';
import { IdSource, md5Of, sharedDriveIdFromText } from './ids.ts';
import { FOLDER, firstChildAfter, Item, SHORTCUT } from './item.ts';
import {
  type Edit,
  type NewFile,
  type NewItem,
  type NewShortcut,
  SandboxError,
  toContent,
  toMs,
} from './new-item.ts';

export interface DriveModelOptions {
  readonly now?: () => Date;
  /** Ids depend on it and on the order of the additions. */
  readonly seed?: string;
  /** Feed tokens of another generation are refused; a drive that outlives no process passes a new one each time. */
  readonly generation?: number;
}

/**
 * An in-memory Google Drive: one user's My Drive, any number of shared drives, and their changes feeds.
 * Mutations are synchronous and each is recorded in the feeds at once. An id that does not exist, a parent that
 * is no folder, or a move into itself throws `SandboxError`.
 */
export class DriveModel {
  readonly rootId: string;
  readonly userFeed: Feed;
  readonly #items = new Map<string, Item>();
  readonly #driveFeeds = new Map<string, Feed>();
  readonly #manners: FeedManners = { delayed: 0, repeating: false, generation: 0, expiredStatus: 400 };
  readonly #ids: IdSource;
  readonly #now: () => Date;
  readonly #seed: string;
  #lastOrder = 0;
  #silent = false;

  constructor(options: DriveModelOptions = {}) {
    this.#now = options.now ?? (() => new Date());
    this.#seed = options.seed ?? 'sandbox';
    this.#manners.generation = options.generation ?? 0;
    this.#ids = new IdSource(this.#seed);
    this.userFeed = new Feed('user', this.#manners);
    this.rootId = sharedDriveIdFromText(`${this.#seed}/My Drive`);
    const now = this.nowMs();
    this.#items.set(this.rootId, new Item(this.rootId, 'My Drive', FOLDER, 0, null, now, now));
  }

  /** The model's clock, in milliseconds. */
  nowMs(): number {
    return this.#now().getTime();
  }

  /** Number of items that exist, roots included, hidden and trashed ones too. */
  get size(): number {
    return this.#items.size;
  }

  /** The item, or undefined if there is none (any more). `root` is My Drive's root. Hidden items are found. */
  find(id: string): Item | undefined {
    return this.#items.get(id === 'root' ? this.rootId : id);
  }

  /** Every item that exists, roots included, in order of creation. */
  items(): IterableIterator<Item> {
    return this.#items.values();
  }

  /** A shared drive's feed, or undefined if there is no such drive. */
  driveFeed(sharedDriveId: string): Feed | undefined {
    return this.#driveFeeds.get(sharedDriveId);
  }

  /** Adds a shared drive; its id is also the id of its root folder. */
  addSharedDrive(options: { name: string; id?: string }): Item {
    const id = options.id ?? sharedDriveIdFromText(this.#ids.next());
    this.#assertFree(id);
    const now = this.nowMs();
    const root = new Item(id, 'Drive', FOLDER, 0, null, now, now);
    root.extra = { sharedDriveName: options.name };
    this.#items.set(id, root);
    this.#driveFeeds.set(id, new Feed(id, this.#manners));
    if (!this.#silent) this.userFeed.add({ changeType: 'drive', item: root, sharedDriveId: id, timeMs: now });
    return root;
  }

  /** The caller is no member of the drive any more; its items stay visible, as if each were shared with them. */
  leaveSharedDrive(sharedDriveId: string): void {
    const root = this.#existing(sharedDriveId);
    root.extra = { ...root.extra, isForeign: true };
  }

  /** Whether the caller may ask about the shared drive as a whole: list in it, and read its feed. */
  isMember(sharedDriveId: string): boolean {
    const root = this.find(sharedDriveId);
    return this.#driveFeeds.has(sharedDriveId) && root?.visible === true && root.extra?.isForeign !== true;
  }

  addFolder(options: NewItem): Item {
    return this.#add(options, FOLDER, 0, null);
  }

  /** Adds a file. Without `content` its bytes and checksum are made up from its id. */
  addFile(options: NewFile): Item {
    const content = toContent(options.content);
    const bytes = content instanceof Uint8Array ? content : null;
    const size = bytes?.byteLength ?? options.size ?? 1024;
    const md5 = options.md5 ?? (bytes === null ? null : md5Of(bytes));
    const item = this.#add(options, options.mimeType ?? 'application/pdf', size, md5);
    if (content !== undefined) item.extra = { ...item.extra, content };
    return item;
  }

  /** Adds a shortcut; the target may be missing, or a folder that contains the shortcut. */
  addShortcut(options: NewShortcut): Item {
    const target = this.find(options.target);
    const mimeType = options.targetMimeType ?? target?.mimeType;
    if (mimeType === undefined) {
      throw new SandboxError(`Shortcut "${options.name}": say targetMimeType, as its target does not exist.`);
    }
    const item = this.#add(options, SHORTCUT, 0, null);
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

  /** Leaves `modifiedTime` alone: a sync that trusts it alone must not get away with it. */
  rename(id: string, name: string): void {
    const item = this.#existing(id);
    item.name = name;
    this.#changed(item);
  }

  /** Gives a file new content: another checksum, size and, unless said, the present as `modifiedTime`. */
  edit(id: string, edit: Edit = {}): void {
    const item = this.#existing(id);
    if (!item.isBinary) throw new SandboxError(`"${item.name}" (${id}) has no content to edit.`);
    const content = toContent(edit.content);
    const bytes = content instanceof Uint8Array ? content : null;
    item.size = bytes?.byteLength ?? edit.size ?? item.size + 1;
    item.storedMd5 = edit.md5 ?? md5Of(bytes ?? `${id}:${item.version}`);
    item.modifiedMs = edit.modifiedTime === undefined ? this.nowMs() : toMs(edit.modifiedTime);
    const { content: _old, ...rest } = item.extra ?? {};
    item.extra = content === undefined ? rest : { ...rest, content };
    this.#changed(item);
  }

  /** Moves an item; what is inside a folder goes along without an entry of its own in any feed. */
  move(id: string, newParent: string): void {
    const item = this.#existing(id);
    const parent = this.#folder(newParent);
    if (item.parent === null) throw new SandboxError(`A root folder (${id}) cannot be moved.`);
    for (let above: Item | null = parent; above !== null; above = above.parent) {
      if (above === item) throw new SandboxError(`"${item.name}" (${id}) cannot be moved into itself.`);
    }
    const oldDrive = item.sharedDriveId;
    this.#detach(item);
    this.#attach(item, parent);
    this.#changed(item);
    // The drive it left has to say so too.
    if (oldDrive !== item.sharedDriveId) this.#record(item, oldDrive);
  }

  /** Moves to the trash; one entry, for this item alone. */
  trash(id: string): void {
    this.#setFlag(id, 'explicitlyTrashed', true);
  }

  /** Takes out of the trash. `modifiedTime` does not move. */
  untrash(id: string): void {
    this.#setFlag(id, 'explicitlyTrashed', false);
  }

  /** The caller loses access to the item and what is inside it: 404, empty listings, `removed` in the feed. */
  hide(id: string): void {
    this.#setFlag(id, 'explicitlyHidden', true);
  }

  /** The caller regains access. */
  show(id: string): void {
    this.#setFlag(id, 'explicitlyHidden', false);
  }

  /** Destroys an item and what is inside it; one entry, for this item alone. */
  delete(id: string): void {
    const item = this.#existing(id);
    if (id === this.rootId) throw new SandboxError('The root of My Drive cannot be deleted.');
    const sharedDriveId = item.sharedDriveId;
    this.#detach(item);
    this.#driveFeeds.delete(id);
    const doomed: Item[] = [item];
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      next.deleted = true;
      this.#items.delete(next.id);
      for (const child of next.children ?? []) doomed.push(child);
    }
    this.#record(item, sharedDriveId);
  }

  /** Puts an entry into the feed without any change, as when somebody merely views a file. */
  view(id: string): void {
    const item = this.#existing(id);
    this.#record(item, item.sharedDriveId);
  }

  /** The newest n entries of every feed do not show yet; 0 shows all. */
  delayFeed(n: number): void {
    this.#manners.delayed = n;
  }

  /** Whether every continuation page of a feed begins with the last entry of the page before. */
  repeatFeed(on: boolean): void {
    this.#manners.repeating = on;
  }

  /** Refuses, from now on, every feed token issued so far. */
  expireFeedTokens(status: 400 | 410 = 410): void {
    this.#manners.generation++;
    this.#manners.expiredStatus = status;
  }

  /** Runs mutations that leave no trace in any feed: a library that was always there, e.g. for a bench. */
  withoutFeed<T>(mutate: () => T): T {
    this.#silent = true;
    try {
      return mutate();
    } finally {
      this.#silent = false;
    }
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
    this.#record(item, this.#silent ? null : item.sharedDriveId);
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
    if (this.#silent) return;
    const isDrive = item.extra?.sharedDriveName !== undefined;
    const entry: FeedEntry = {
      changeType: isDrive ? 'drive' : 'file',
      item,
      sharedDriveId,
      timeMs: this.nowMs(),
    };
    this.userFeed.add(entry);
    if (sharedDriveId !== null) this.#driveFeeds.get(sharedDriveId)?.add(entry);
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
    if (item === undefined) throw new SandboxError(`There is no item ${id}.`);
    return item;
  }

  #folder(id: string): Item {
    const item = this.#existing(id);
    if (!item.isFolder) throw new SandboxError(`"${item.name}" (${id}) is no folder.`);
    return item;
  }

  #assertFree(id: string): void {
    if (this.#items.has(id)) throw new SandboxError(`The id ${id} is taken.`);
  }
}
