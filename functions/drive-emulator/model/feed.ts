import { invalidValue, parameterError } from '../errors.ts';
import type { Item } from './item.ts';
import { openToken, sealToken } from './page-token.ts';

/** One line of a changes feed. It names the item; what it says is read from the item when it is shown. */
export interface FeedEntry {
  readonly changeType: 'file' | 'drive';
  readonly item: Item;
  /** The drive (null: My Drive) in whose name the entry was made; differs from the item's after a move. */
  readonly sharedDriveId: string | null;
  readonly timeMs: number;
}

/** A page of a feed: its entries, and either `nextPageToken` or, at the end, `newStartPageToken`. */
export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  readonly nextPageToken?: string;
  readonly newStartPageToken?: string;
}

/** How a feed misbehaves, shared by all feeds of a drive. */
export interface FeedManners {
  /** The newest n entries do not show yet. */
  delayed: number;
  /** Every continuation page begins with the last entry of the page before. */
  repeating: boolean;
  /** Tokens of an earlier generation are refused. */
  generation: number;
  /** The status with which they are refused. */
  expiredStatus: 400 | 410;
}

/** An append-only changes feed: one for the user, one for each shared drive. */
export class Feed {
  readonly key: string;
  readonly #entries: FeedEntry[] = [];
  readonly #manners: FeedManners;

  constructor(key: string, behavior: FeedManners) {
    this.key = key;
    this.#manners = behavior;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: FeedEntry): void {
    this.#entries.push(entry);
  }

  /** A token from which everything that does not show yet can be read. Equal as long as nothing new shows. */
  startPageToken(): string {
    return this.#tokenAt(this.#end(), 's');
  }

  /**
   * Reads on from a token: at most `limit` entries of those that `wanted` lets through (the others are passed
   * over, as Drive does with shared-drive items nobody asked for).
   * @throws DriveError 400 or 410 for a token of another feed, an expired one, or no token at all.
   */
  read(token: string, limit: number, wanted: (entry: FeedEntry) => boolean): FeedPage {
    const [start, isContinuation] = this.#positionOf(token);
    const end = Math.max(start, this.#end());
    const entries: FeedEntry[] = [];
    const previous = this.#entries[start - 1];
    if (this.#manners.repeating && isContinuation && previous !== undefined && wanted(previous)) {
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
    return Math.max(0, this.#entries.length - this.#manners.delayed);
  }

  #tokenAt(position: number, kind: 's' | 'p'): string {
    return sealToken('changes', [this.key, String(this.#manners.generation), String(position), kind]);
  }

  #positionOf(token: string): [position: number, isContinuation: boolean] {
    const parts = openToken('changes', token);
    if (parts === null || parts.length !== 4) throw invalidValue('pageToken');
    const [key, generation, position, kind] = parts as [string, string, string, string];
    if (key !== this.key) throw invalidValue('pageToken');
    if (Number(generation) !== this.#manners.generation) {
      if (this.#manners.expiredStatus === 400) throw invalidValue('pageToken');
      throw parameterError(410, 'pageTokenExpired', 'pageToken', 'The page token has expired.');
    }
    return [Number(position), kind === 'p'];
  }
}
