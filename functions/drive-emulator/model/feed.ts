import { invalidValue, parameterError } from '../errors.ts';
import type { Item } from './item.ts';
import { openToken, sealToken } from './page-token.ts';

/**
 * An entry of a changes feed. It holds only the item; the details are read from the item when the entry is listed.
 */
export interface FeedEntry {
  readonly changeType: 'file' | 'drive';
  readonly item: Item;
  /** The drive (null: My Drive) that the entry belongs to. After a move it can differ from the item's drive. */
  readonly sharedDriveId: string | null;
  readonly timeMs: number;
}

/** A page of a feed: its entries, and either `nextPageToken` or, on the last page, `newStartPageToken`. */
export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  readonly nextPageToken?: string;
  readonly newStartPageToken?: string;
}

/** Irregularities that real feeds show; shared by all feeds of a model. */
export interface FeedBehavior {
  /** The number of newest entries to withhold. */
  delayed: number;
  /** Whether each page after the first repeats the last entry of the previous page. */
  repeating: boolean;
  /** Tokens of another generation are rejected. */
  generation: number;
  /** The status of the error for such tokens. */
  expiredStatus: 400 | 410;
}

/** An append-only changes feed: one for the user, one for each shared drive. */
export class Feed {
  readonly key: string;
  readonly #entries: FeedEntry[] = [];
  readonly #behavior: FeedBehavior;

  constructor(key: string, behavior: FeedBehavior) {
    this.key = key;
    this.#behavior = behavior;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: FeedEntry): void {
    this.#entries.push(entry);
  }

  /**
   * The token from which all later entries can be read, including those withheld now. The token stays the same until
   * a new entry becomes visible.
   */
  startPageToken(): string {
    return this.#tokenAt(this.#end(), 's');
  }

  /**
   * Reads a page from a token on: at most `limit` entries that match `wanted`. Other entries are skipped, as Drive
   * skips items of shared drives that the caller did not request.
   * @throws DriveError 400 for an invalid token or a token of another feed; 400 or 410 for an expired token
   */
  read(token: string, limit: number, wanted: (entry: FeedEntry) => boolean): FeedPage {
    const [start, isContinuation] = this.#positionOf(token);
    const end = Math.max(start, this.#end());
    const entries: FeedEntry[] = [];
    const previous = this.#entries[start - 1];
    if (this.#behavior.repeating && isContinuation && previous !== undefined && wanted(previous)) {
      entries.push(previous);
    }
    let fresh = 0;
    let position = start;
    for (; position < end; position++) {
      const entry = this.#entries[position] as FeedEntry;
      if (!wanted(entry)) continue;
      if (fresh === limit) break;
      entries.push(entry);
      fresh++;
    }
    if (position < end) return { entries, nextPageToken: this.#tokenAt(position, 'p') };
    return { entries, newStartPageToken: this.#tokenAt(end, 's') };
  }

  #end(): number {
    return Math.max(0, this.#entries.length - this.#behavior.delayed);
  }

  #tokenAt(position: number, kind: 's' | 'p'): string {
    return sealToken('changes', [this.key, String(this.#behavior.generation), String(position), kind]);
  }

  #positionOf(token: string): [position: number, isContinuation: boolean] {
    const parts = openToken('changes', token);
    if (parts === null || parts.length !== 4) throw invalidValue('pageToken');
    const [key, generation, position, kind] = parts as [string, string, string, string];
    if (key !== this.key) throw invalidValue('pageToken');
    if (Number(generation) !== this.#behavior.generation) {
      if (this.#behavior.expiredStatus === 400) throw invalidValue('pageToken');
      throw parameterError(410, 'pageTokenExpired', 'pageToken', 'The page token has expired.');
    }
    return [Number(position), kind === 'p'];
  }
}
