/** The types for items in Drive, and how items are read from Drive's responses. */
import * as z from 'zod';

export const folderMimeType = 'application/vnd.google-apps.folder';
export const shortcutMimeType = 'application/vnd.google-apps.shortcut';

/** A file in the library, with the fields that the catalog needs. */
export interface LibraryFile {
  id: string;
  name: string;
  mimeType: string;
  /** RFC 3339. */
  createdTime: string;
  /** RFC 3339. */
  modifiedTime: string;
  sizeBytes: number;
  md5: string | null;
  /** The key required to open a file that is shared by link, if it has one. */
  resourceKey?: string | undefined;
}

/** What is needed to list a folder. The query for a folder in a shared drive must include the ID of that drive. */
export interface FolderRef {
  id: string;
  sharedDriveId: string | undefined;
  resourceKey: string | undefined;
}

export interface DriveItem extends LibraryFile {
  trashed: boolean;
  /** In the trash only because a parent folder is. */
  trashedAbove: boolean;
  /** Undefined if the item is shared with this account but its parent folder is not. */
  parent: string | undefined;
  sharedDriveId: string | undefined;
  shortcut:
    | { targetId: string | undefined; targetMimeType: string | undefined; resourceKey: string | undefined }
    | undefined;
}

/** The fields that every call requests: exactly those that `readItem` reads. */
export const itemFields =
  'id,name,mimeType,createdTime,modifiedTime,size,md5Checksum,trashed,explicitlyTrashed,parents,driveId,resourceKey,shortcutDetails(targetId,targetMimeType,targetResourceKey)';

/**
 * The maximum length of a text, in characters. Longer texts lose their middle: 400 in one commit must fit in
 * Firestore's 10 MiB.
 */
const maxTextLength = 1_500;

/**
 * Returns the text in a form that Firestore accepts. Firestore rejects lone surrogates and texts of a megabyte, and
 * with them the whole commit: a single file would keep every other file out of the catalog forever.
 */
function storable(text: string): string {
  const keep = (maxTextLength - 1) / 2;
  const short =
    text.length > maxTextLength ? `${text.slice(0, Math.ceil(keep))}…${text.slice(-Math.floor(keep))}` : text;
  return short.replace(/\p{Cs}/gu, '\uFFFD');
}

/** IDs are used as document names and in queries. */
const id = z.string().regex(/^(?!__.*__$)[\w-]{1,1000}$/);
const text = z.string().transform(storable);

const itemSchema = z
  .object({
    id,
    name: text,
    mimeType: text.refine((value) => value !== ''),
    createdTime: z.string().min(1),
    modifiedTime: z.string().min(1),
    trashed: z.boolean(),
    explicitlyTrashed: z.boolean().optional(),
    size: z.string().regex(/^\d+$/).optional(),
    md5Checksum: z.string().optional(),
    parents: z.array(z.string()).optional(),
    driveId: z.string().optional(),
    resourceKey: z.string().optional(),
    shortcutDetails: z
      .object({
        targetId: z.string().optional(),
        targetMimeType: z.string().optional(),
        targetResourceKey: z.string().optional(),
      })
      .optional(),
  })
  // Drive returns a size for everything that has content. A file without a size is an incomplete response.
  .refine((item) => item.size !== undefined || item.mimeType.startsWith('application/vnd.google-apps.'), {
    path: ['size'],
  });

/** An item, or the names of its missing or invalid fields. */
export type ReadItem =
  | { kind: 'item'; item: DriveItem }
  | { kind: 'incomplete'; id: string | undefined; missing: string[] };

/** Reads one entry of a Drive response. Never throws. */
export function readItem(entry: unknown): ReadItem {
  const parsed = itemSchema.safeParse(entry);
  if (!parsed.success) {
    const id =
      entry !== null && typeof entry === 'object' && 'id' in entry && typeof entry.id === 'string'
        ? entry.id
        : undefined;
    return {
      kind: 'incomplete',
      id,
      missing: [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'everything'))],
    };
  }
  const { size, md5Checksum, parents, shortcutDetails, ...rest } = parsed.data;
  return {
    kind: 'item',
    item: {
      id: rest.id,
      name: rest.name,
      mimeType: rest.mimeType,
      createdTime: rest.createdTime,
      modifiedTime: rest.modifiedTime,
      sizeBytes: Number(size ?? 0),
      md5: md5Checksum ?? null,
      trashed: rest.trashed,
      trashedAbove: rest.trashed && rest.explicitlyTrashed === false,
      parent: parents?.[0],
      sharedDriveId: rest.driveId,
      resourceKey: rest.resourceKey,
      shortcut: shortcutDetails && {
        targetId: shortcutDetails.targetId,
        targetMimeType: shortcutDetails.targetMimeType,
        resourceKey: shortcutDetails.targetResourceKey,
      },
    },
  };
}

/** Returns the part of an item that the catalog needs. Dropping the rest saves memory with a large library. */
export function fileOf({
  id,
  name,
  mimeType,
  createdTime,
  modifiedTime,
  sizeBytes,
  md5,
  resourceKey,
}: DriveItem): LibraryFile {
  const key = resourceKey === undefined ? {} : { resourceKey };
  return { id, name, mimeType, createdTime, modifiedTime, sizeBytes, md5, ...key };
}
