/** How the server behaves in cases where Drive's behavior varies. Can be changed while the server runs. */
export interface Behavior {
  /**
   * A query that combines several parents with `or` finds only the children of the first, as Drive sometimes does.
   */
  partialOrQueries: boolean;
  /**
   * The response to listing a folder that does not exist or is not visible: an empty list (Drive's response for a
   * folder that the caller lost access to) or a 404.
   */
  missingFolder: 'empty' | 'notFound';
  /**
   * Sizes of the next pages, used in turn and then from the start again; a page never exceeds `pageSize`. Empty: full
   * pages. A 0 makes an empty page with a `nextPageToken`. If all sizes are 0, pages are full.
   */
  shortPages: readonly number[];
}

/** Chooses page sizes according to `Behavior.shortPages`. */
export class PageSizes {
  readonly #behavior: Behavior;
  #turn = 0;

  constructor(behavior: Behavior) {
    this.#behavior = behavior;
  }

  /** The maximum number of entries of the next page. */
  next(pageSize: number): number {
    const sizes = this.#behavior.shortPages;
    if (sizes.length === 0 || !sizes.some((size) => size > 0)) return pageSize;
    return Math.min(pageSize, sizes[this.#turn++ % sizes.length] as number);
  }
}
