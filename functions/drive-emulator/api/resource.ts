import type { Item } from '../model/item.ts';
import { type Mask, maskOf, project, wants } from './fields.ts';

/** Formats a time as Drive does: RFC 3339 in UTC with milliseconds. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

const readers: Readonly<Record<string, (item: Item) => unknown>> = {
  kind: () => 'drive#file',
  id: (item) => item.id,
  name: (item) => item.name,
  mimeType: (item) => item.mimeType,
  parents: (item) => (item.parent?.visible ? [item.parent.id] : undefined),
  size: (item) => (item.isBinary ? String(item.size) : undefined),
  quotaBytesUsed: (item) => String(item.size),
  md5Checksum: (item) => item.md5() ?? undefined,
  createdTime: (item) => toTimestamp(item.createdMs),
  modifiedTime: (item) => toTimestamp(item.modifiedMs),
  version: (item) => String(item.version),
  trashed: (item) => item.trashed,
  explicitlyTrashed: (item) => item.explicitlyTrashed,
  starred: () => false,
  spaces: () => ['drive'],
  driveId: (item) => item.sharedDriveId ?? undefined,
  teamDriveId: (item) => item.sharedDriveId ?? undefined,
  ownedByMe: (item) => (item.sharedDriveId === null ? true : undefined),
  originalFilename: (item) => (item.isBinary ? item.name : undefined),
  fileExtension: (item) => (item.isBinary ? extensionOf(item.name) : undefined),
  fullFileExtension: (item) => (item.isBinary ? extensionOf(item.name) : undefined),
  resourceKey: (item) => item.extra?.resourceKey,
  webViewLink: (item) =>
    item.isFolder
      ? `https://drive.google.com/drive/folders/${item.id}`
      : `https://drive.google.com/file/d/${item.id}/view?usp=drivesdk`,
  webContentLink: (item) =>
    item.isBinary ? `https://drive.google.com/uc?id=${item.id}&export=download` : undefined,
  shortcutDetails: (item) => {
    const target = item.extra?.target;
    if (target === undefined) return undefined;
    const key = target.resourceKey;
    return {
      targetId: target.id,
      targetMimeType: target.mimeType,
      ...(key === undefined ? {} : { targetResourceKey: key }),
    };
  },
};

const allFields = Object.keys(readers);

/**
 * The JSON of a file as files.get returns it, reduced to the mask. Fields that do not apply to the file are absent.
 */
export function fileResource(item: Item, mask: Mask): Record<string, unknown> {
  const resource: Record<string, unknown> = {};
  for (const field of mask === 'all' ? allFields : mask.keys()) {
    const value = readers[field]?.(item);
    if (value !== undefined) resource[field] = project(value, maskOf(mask, field));
  }
  return resource;
}

/** The JSON of a shared drive, given its root folder. */
export function driveResource(root: Item, mask: Mask): unknown {
  const drive = {
    kind: 'drive#drive',
    id: root.id,
    name: root.extra?.sharedDriveName,
    createdTime: toTimestamp(root.createdMs),
    hidden: false,
  };
  return project(drive, mask);
}

/**
 * Builds the JSON of a list. `parts` has a function for each field; only the functions of selected fields are called.
 */
export function build(mask: Mask, parts: Readonly<Record<string, () => unknown>>): Record<string, unknown> {
  const built: Record<string, unknown> = {};
  for (const [field, make] of Object.entries(parts)) {
    const value = wants(mask, field) ? make() : undefined;
    if (value !== undefined) built[field] = value;
  }
  return built;
}

function extensionOf(name: string): string | undefined {
  return /\.(\w+)$/.exec(name)?.[1];
}
