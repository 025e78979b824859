/** Parses and validates Drive's responses. */
import * as z from 'zod';
import { malformedAnswer } from './errors.ts';
import { type DriveItem, readItem } from './items.ts';

/** One entry of the changes feed: the current item, or only its ID if the item is no longer accessible. */
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
  // Each page has a token: for the next page or, on the last page, for the next read of the feed. A response with
  // neither is incomplete.
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

export function readResponse<T>(schema: z.ZodType<T>, data: unknown, operation: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw malformedAnswer(
    operation,
    typeof data === 'string'
      ? 'the body is not JSON'
      : `missing or invalid fields: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
  );
}

/**
 * Reads one entry of the changes feed. Checks `removed` before `file`, because the entry of a removed item carries
 * only the ID. Skips entries about shared drives themselves.
 */
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
