import type { Item } from '../model/item.ts';

/**
 * The header `X-Goog-Drive-Resource-Keys: id/key,id/key`. An item shared by link is accessible only with its key.
 * https://developers.google.com/workspace/drive/api/guides/resource-keys
 */
export class ResourceKeys {
  readonly #keys: ReadonlySet<string>;

  constructor(header: string | undefined) {
    this.#keys = new Set((header ?? '').split(',').map((pair) => pair.trim()));
  }

  /** Whether the item needs no resource key, or the caller sent it. */
  open(item: Item): boolean {
    const key = item.extra?.resourceKey;
    return key === undefined || this.#keys.has(`${item.id}/${key}`);
  }
}
