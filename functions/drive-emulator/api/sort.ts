import { invalidValue } from '../errors.ts';
import type { Item } from '../model/item.ts';

type Comparison = (a: Item, b: Item) => number;

const comparisonByKey: Readonly<Record<string, Comparison>> = {
  createdTime: (a, b) => a.createdMs - b.createdMs,
  folder: (a, b) => Number(b.isFolder) - Number(a.isFolder),
  modifiedTime: (a, b) => a.modifiedMs - b.modifiedMs,
  modifiedByMeTime: (a, b) => a.modifiedMs - b.modifiedMs,
  name: (a, b) => compareText(a.name, b.name),
  name_natural: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }),
  quotaBytesUsed: (a, b) => a.size - b.size,
  recency: (a, b) => a.modifiedMs - b.modifiedMs,
  sharedWithMeTime: () => 0,
  starred: () => 0,
  viewedByMeTime: () => 0,
};

/**
 * Parses an `orderBy` parameter, such as `folder,modifiedTime desc`, into a comparison.
 * @throws DriveError 400 `invalid` for a key that Drive does not support
 */
export function sortKeys(orderBy: string): Comparison {
  const comparisons = orderBy.split(',').map((part) => {
    const [, name = '', desc] = /^\s*(\w+)(\s+desc)?\s*$/.exec(part) ?? [];
    const compare = Object.hasOwn(comparisonByKey, name) ? comparisonByKey[name] : undefined;
    if (compare === undefined) throw invalidValue('orderBy');
    return desc === undefined ? compare : (a: Item, b: Item) => compare(b, a);
  });
  return (a, b) => {
    for (const compare of comparisons) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return a.order - b.order;
  };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
