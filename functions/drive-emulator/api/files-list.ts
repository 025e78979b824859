import {
  type DriveError,
  fileNotFound,
  invalidValue,
  parameterError,
  sharedDriveNotFound,
} from '../errors.ts';
import type { DriveModel } from '../model/drive.ts';
import { firstChildAfter, type Item } from '../model/item.ts';
import { openToken, sealToken } from '../model/page-token.ts';
import type { Behavior } from './behavior.ts';
import { maskOf, parseFields } from './fields.ts';
import type { Params } from './params.ts';
import { parseQuery, type Query } from './query.ts';
import { build, fileResource } from './resource.ts';
import type { ResourceKeys } from './resource-keys.ts';
import { fileListSchema } from './schema.ts';
import { sortKeys } from './sort.ts';

const defaultFields =
  'kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType,resourceKey,driveId,teamDriveId)';

/**
 * Handles files.list.
 * https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list
 * Without `orderBy`, files are listed in the order in which they were added to their folder, and a page token
 * survives changes between two pages: no file that stays in place is skipped or listed twice.
 * @param limit maximum number of files on this page (0: an empty page with a `nextPageToken`)
 */
export function listFiles(
  drive: DriveModel,
  params: Params,
  keys: ResourceKeys,
  behavior: Behavior,
  limit: number,
): Record<string, unknown> {
  const mask = parseFields(params.text('fields') ?? defaultFields, fileListSchema);
  const inCorpora = corporaFilter(drive, params);
  const text = params.text('q') ?? '';
  const query = text === '' ? null : parseQuery(text, (id) => (id === 'root' ? drive.rootId : id));
  const orderBy = params.text('orderBy') ?? '';
  const compare = orderBy === '' ? null : sortKeys(orderBy);
  const purpose = ['files', text, orderBy, params.driveId, params.text('corpora')].join('\n');
  const after = positionOf(params.text('pageToken'), purpose);

  const candidates = candidatesOf(drive, query, keys, behavior);
  const isMatch = (item: Item): boolean =>
    item.parent !== null &&
    item.visible &&
    inCorpora(item) &&
    keys.open(item) &&
    (query === null || query.matches(item));
  const [files, next] =
    compare === null
      ? pageByArrival(candidates, isMatch, after, limit)
      : pageByRank([...candidates.items].filter(isMatch).sort(compare), after, limit);
  const fileMask = maskOf(mask, 'files');
  return build(mask, {
    kind: () => 'drive#fileList',
    nextPageToken: () => (next === null ? undefined : sealToken(purpose, [String(next)])),
    incompleteSearch: () => false,
    files: () => files.map((item) => fileResource(item, fileMask)),
  });
}

interface Candidates {
  readonly items: Iterable<Item>;
  /** The children of the folder, if the query selects a single folder. */
  readonly siblings: readonly Item[] | null;
}

function candidatesOf(
  drive: DriveModel,
  query: Query | null,
  keys: ResourceKeys,
  behavior: Behavior,
): Candidates {
  const named = query?.parents ?? null;
  if (named === null) return { items: drive.items(), siblings: null };
  const parents = behavior.partialOrQueries ? named.slice(0, 1) : named;
  const lists = parents.map((id) => {
    const folder = drive.find(id);
    const shown = folder?.visible === true && keys.open(folder);
    if (!shown && behavior.missingFolder === 'notFound') throw fileNotFound('');
    return shown ? (folder.children ?? []) : [];
  });
  if (lists.length === 1) return { items: lists[0] ?? [], siblings: lists[0] ?? [] };
  return { items: lists.flat(), siblings: null };
}

/** A page, and the position after which the next page starts (null: no next page). */
type Page = readonly [files: readonly Item[], next: number | null];

function pageByArrival(
  candidates: Candidates,
  isMatch: (item: Item) => boolean,
  after: number,
  limit: number,
): Page {
  const siblings = candidates.siblings ?? [...candidates.items].sort((a, b) => a.order - b.order);
  const files: Item[] = [];
  for (let i = firstChildAfter(siblings, after); i < siblings.length; i++) {
    const item = siblings[i] as Item;
    if (!isMatch(item)) continue;
    if (files.length === limit) return [files, files.at(-1)?.order ?? after];
    files.push(item);
  }
  return [files, null];
}

function pageByRank(sorted: readonly Item[], after: number, limit: number): Page {
  const end = after + limit;
  return [sorted.slice(after, end), end < sorted.length ? end : null];
}

function positionOf(token: string | null, purpose: string): number {
  if (token === null || token === '') return 0;
  const [position] = openToken(purpose, token) ?? [];
  if (position === undefined) throw invalidValue('pageToken');
  return Number(position);
}

/** A filter for the items that `corpora`, `driveId` and `includeItemsFromAllDrives` select. */
function corporaFilter(drive: DriveModel, params: Params): (item: Item) => boolean {
  const { driveId } = params;
  const corpora = params.text('corpora') ?? (driveId === null ? 'user' : 'drive');
  if (!['user', 'domain', 'drive', 'allDrives'].includes(corpora)) throw invalidValue('corpora');
  if ((params.text('corpora') === 'drive') !== (driveId !== null)) {
    const message = 'The driveId parameter must be specified if and only if corpora is set to drive.';
    throw invalidValue('driveId', message);
  }
  if ((corpora === 'drive' || corpora === 'allDrives') && !params.includesAllDrives) {
    throw includeItemsRequired();
  }
  if (driveId !== null) {
    if (!drive.isMember(driveId)) throw sharedDriveNotFound(driveId);
    return (item) => item.sharedDriveId === driveId;
  }
  return params.includesAllDrives ? () => true : (item) => item.sharedDriveId === null;
}

/** 403: the call requests a shared drive without `includeItemsFromAllDrives`. */
export function includeItemsRequired(): DriveError {
  return parameterError(
    403,
    'teamDriveIncludeItemsRequired',
    'includeItemsFromAllDrives',
    'The includeItemsFromAllDrives parameter must be set to true when driveId is specified or corpora contains drive or allDrives.',
  );
}
