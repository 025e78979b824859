import { Feed, type FeedBehavior } from './feed.ts';
import type { Item } from './item.ts';

/** The changes feeds of a model: one for the user, one for each shared drive. */
export class Feeds {
  readonly user: Feed;
  readonly #drives = new Map<string, Feed>();
  readonly #behavior: FeedBehavior;
  #paused = false;

  /** @param generation feed tokens of another generation are rejected */
  constructor(generation: number) {
    this.#behavior = { delayed: 0, repeating: false, generation, expiredStatus: 400 };
    this.user = new Feed('user', this.#behavior);
  }

  /** The feed of a shared drive. Undefined if the drive does not exist. */
  ofDrive(sharedDriveId: string): Feed | undefined {
    return this.#drives.get(sharedDriveId);
  }

  addDrive(sharedDriveId: string): void {
    this.#drives.set(sharedDriveId, new Feed(sharedDriveId, this.#behavior));
  }

  removeDrive(sharedDriveId: string): void {
    this.#drives.delete(sharedDriveId);
  }

  /**
   * Records an entry in the user's feed and in that of the shared drive.
   *
   * @param sharedDriveId the drive that the entry belongs to; null for My Drive
   */
  record(item: Item, sharedDriveId: string | null, timeMs: number): void {
    if (this.#paused) return;
    const changeType = item.extra?.sharedDriveName === undefined ? 'file' : 'drive';
    const entry = { changeType, item, sharedDriveId, timeMs } as const;
    this.user.add(entry);
    if (sharedDriveId !== null) this.#drives.get(sharedDriveId)?.add(entry);
  }

  /** Withholds the newest n entries of every feed; 0 withholds none. */
  delay(n: number): void {
    this.#behavior.delayed = n;
  }

  /** Sets whether each page of a feed after the first repeats the last entry of the previous page. */
  repeat(on: boolean): void {
    this.#behavior.repeating = on;
  }

  /** Expires every feed token issued so far. */
  expireTokens(status: 400 | 410 = 410): void {
    this.#behavior.generation++;
    this.#behavior.expiredStatus = status;
  }

  /** Runs mutations without recording feed entries, for example to set up the library of a benchmark. */
  pauseDuring<T>(mutate: () => T): T {
    this.#paused = true;
    try {
      return mutate();
    } finally {
      this.#paused = false;
    }
  }
}
