import * as z from 'zod';
import { malformedAnswer } from './errors.ts';
import { type DriveItem, readItem } from './items.ts';

/** One entry of the changes feed: the item as it is now, or its id where it is gone from our sight. */
export type ChangeEntry =
  /** `time`: when it changed, RFC 3339. */
  | { kind: 'item'; fileId: string; item: DriveItem | undefined; time: string | undefined }
  | { kind: 'incomplete'; fileId: string | undefined; missing: string[] };

export const listSchema = z.object({
  files: z.array(z.unknown()),
  nextPageToken: z.string().min(1).optional(),
  incompleteSearch: z.boolean().optional(),
});

export const tokenSchema = z.object({ startPageToken: z.string().min(1) });

export const changesSchema = z
  .object({
    changes: z.array(z.unknown()),
    nextPageToken: z.string().min(1).optional(),
    newStartPageToken: z.string().min(1).optional(),
  })
  // The last page names where to go on; an answer with neither token is half an answer.
  .refine((page) => page.nextPageToken !== undefined || page.newStartPageToken !== undefined, {
    path: ['newStartPageToken'],
  });

const changeSchema = z.object({
  changeType: z.string().optional(),
  fileId: z.string().min(1).optional(),
  removed: z.boolean().optional(),
  time: z.string().optional(),
  file: z.unknown().optional(),
});

export function readAnswer<T>(schema: z.ZodType<T>, data: unknown, operation: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw malformedAnswer(
    operation,
    typeof data === 'string'
      ? 'it is no JSON'
      : `without ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
  );
}

/** `removed` comes first: a tombstone carries the id alone. Entries about shared drives themselves are passed over. */
export function readChange(entry: unknown): ChangeEntry[] {
  const parsed = changeSchema.safeParse(entry);
  if (!parsed.success) return [{ kind: 'incomplete', fileId: undefined, missing: ['everything'] }];
  const { changeType, fileId, removed, time, file } = parsed.data;
  if (changeType !== undefined && changeType !== 'file') return [];
  if (fileId === undefined) return [{ kind: 'incomplete', fileId, missing: ['fileId'] }];
  if (removed) return [{ kind: 'item', fileId, item: undefined, time }];
  const read = readItem(file);
  return [
    read.kind === 'item'
      ? { kind: 'item', fileId, item: read.item, time }
      : { kind: 'incomplete', fileId, missing: read.missing },
  ];
}
