import type { Method } from '../api/params.ts';

// Quota units, from https://developers.google.com/workspace/drive/api/guides/limits. changes.list is a list call.
const unitsPerCall: Readonly<Record<Method, number>> = {
  'files.list': 100,
  'files.get': 5,
  'files.download': 5,
  'changes.list': 100,
  'changes.getStartPageToken': 5,
  'about.get': 5,
  'drives.get': 5,
  'oauth.auth': 0,
  'oauth.token': 0,
  'oauth.tokeninfo': 0,
};

/** Counts a client's calls. Failed calls count too, as they do in Drive's quota. */
export class Calls {
  readonly #counts = new Map<Method, number>();
  /** Total size of the response bodies sent, in bytes. */
  bytesSent = 0;

  add(method: Method): void {
    this.#counts.set(method, this.count(method) + 1);
  }

  count(method: Method): number {
    return this.#counts.get(method) ?? 0;
  }

  /** The number of calls to Drive, without calls to the OAuth endpoints. */
  get total(): number {
    let total = 0;
    for (const [method, count] of this.#counts) if (!method.startsWith('oauth.')) total += count;
    return total;
  }

  get quotaUnits(): number {
    let units = 0;
    for (const [method, count] of this.#counts) units += count * unitsPerCall[method];
    return units;
  }

  /** The number of calls by method, for methods that were called at least once. */
  byMethod(): Partial<Record<Method, number>> {
    return Object.fromEntries(this.#counts);
  }

  reset(): void {
    this.#counts.clear();
    this.bytesSent = 0;
  }
}
