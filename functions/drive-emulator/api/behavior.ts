/** How the server behaves where Drive may behave in several ways. Can be changed while it runs. */
export interface Behavior {
  /** A query that ORs several parents finds the first one's children only, as Drive does at times. */
  partialOrQueries: boolean;
  /**
   * What listing a folder that does not exist or is not visible answers: an empty list (as Drive does for a folder
   * one lost access to) or a 404.
   */
  missingFolder: 'empty' | 'notFound';
  /**
   * Sizes of the pages that follow, taken in turn and again from the start; never more than `pageSize`. Empty:
   * full pages. A 0 makes an empty page with a `nextPageToken`; not all may be 0.
   */
  shortPages: readonly number[];
}

/** Hands out page sizes. */
export class PageSizes {
  readonly #manners: Behavior;
  #turn = 0;

  constructor(behavior: Behavior) {
    this.#manners = behavior;
  }

  /** How many entries the next page may have. */
  next(pageSize: number): number {
    const sizes = this.#manners.shortPages;
    if (sizes.length === 0 || !sizes.some((size) => size > 0)) return pageSize;
    return Math.min(pageSize, sizes[this.#turn++ % sizes.length] as number);
  }
}
