/** What the program knows of an item in Drive, and how it is read from Drive's answers. */
import * as z from 'zod';

export const folderMimeType = 'application/vnd.google-apps.folder';
export const shortcutMimeType = 'application/vnd.google-apps.shortcut';

/** A file of the library, as far as the catalog needs it. */
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
  /** Opens a file that is shared by link, where it has one. */
  resourceKey?: string | undefined;
}

/** Where a folder is listed: a shared drive wants its own id in the query. */
export interface FolderRef {
  id: string;
  sharedDriveId: string | undefined;
  resourceKey: string | undefined;
}

export interface DriveItem extends LibraryFile {
  trashed: boolean;
  /** In the trash only because a folder above is. */
  trashedAbove: boolean;
  /** None where the item is shared with us from a folder that is not. */
  parent: string | undefined;
  sharedDriveId: string | undefined;
  shortcut:
    | { targetId: string | undefined; targetMimeType: string | undefined; resourceKey: string | undefined }
    | undefined;
}

/** The fields every question to Drive asks for; exactly what `readItem` reads. */
export const itemFields =
  'id,name,mimeType,createdTime,modifiedTime,size,md5Checksum,trashed,explicitlyTrashed,parents,driveId,resourceKey,shortcutDetails(targetId,targetMimeType,targetResourceKey)';

/** Longer texts lose their middle, in characters: 400 of them in one commit must fit Firestore's 10 MiB. */
const maxTextLength = 1_500;

/**
 * A text that Firestore can hold. It refuses halves of surrogate pairs and texts of a megabyte, and with one of them
 * the whole commit: a single file would keep every other one out of the catalog for ever.
 */
function storable(text: string): string {
  const keep = (maxTextLength - 1) / 2;
  const short =
    text.length > maxTextLength ? `${text.slice(0, Math.ceil(keep))}…${text.slice(-Math.floor(keep))}` : text;
  return short.replace(/\p{Cs}/gu, '\uFFFD');
}

/** Ids become names of documents and parts of queries. */
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
  // Drive gives a size to everything that has bytes; a file without one is half an answer.
  .refine((item) => item.size !== undefined || item.mimeType.startsWith('application/vnd.google-apps.'), {
    path: ['size'],
  });

/** An item, or the names of the fields that keep it from being one. */
export type ReadItem =
  | { kind: 'item'; item: DriveItem }
  | { kind: 'incomplete'; id: string | undefined; missing: string[] };

/** Reads one entry of an answer of Drive. Never throws. */
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

/** The part of an item that the catalog keeps; dropping the rest keeps a large library small in memory. */
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
