import { sharedDriveNotFound } from '../errors.ts';
import type { DriveModel } from '../model/drive.ts';
import type { Feed, FeedEntry } from '../model/feed.ts';
import { type Mask, maskOf, parseFields } from './fields.ts';
import { includeItemsRequired } from './files-list.ts';
import type { Params } from './params.ts';
import { build, driveResource, fileResource, toTimestamp } from './resource.ts';
import { changeListSchema, startPageTokenSchema } from './schema.ts';

const defaultFields =
  'kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,fileId,driveId,file(kind,id,name,mimeType,driveId,teamDriveId),drive(kind,id,name))';

/**
 * Handles changes.list.
 * https://developers.google.com/workspace/drive/api/reference/rest/v3/changes/list
 * @param limit maximum number of entries on this page
 */
export function listChanges(drive: DriveModel, params: Params, limit: number): Record<string, unknown> {
  const mask = parseFields(params.text('fields') ?? defaultFields, changeListSchema);
  const token = params.requiredText('pageToken');
  const { driveId } = params;
  if (driveId !== null && !params.includesAllDrives) throw includeItemsRequired();
  const feed = feedOf(drive, params);
  const page = feed.read(token, limit, (entry) => isWanted(drive, entry, params));
  const entryMask = maskOf(mask, 'changes');
  return build(mask, {
    kind: () => 'drive#changeList',
    nextPageToken: () => page.nextPageToken,
    newStartPageToken: () => page.newStartPageToken,
    changes: () => page.entries.map((entry) => changeResource(drive, entry, params, entryMask)),
  });
}

/** Handles changes.getStartPageToken. */
export function getStartPageToken(drive: DriveModel, params: Params): Record<string, unknown> {
  const mask = parseFields(params.text('fields') ?? 'kind,startPageToken', startPageTokenSchema);
  const feed = feedOf(drive, params);
  return build(mask, { kind: () => 'drive#startPageToken', startPageToken: () => feed.startPageToken() });
}

/**
 * The feed that a call reads. A shared drive that is not visible, or a call without `supportsAllDrives`, gives a 404.
 */
function feedOf(drive: DriveModel, params: Params): Feed {
  const { driveId } = params;
  if (driveId === null) return drive.feeds.user;
  const feed = drive.feeds.ofDrive(driveId);
  if (feed === undefined || !params.supportsAllDrives || !drive.isMember(driveId)) {
    throw sharedDriveNotFound(driveId);
  }
  return feed;
}

function isWanted(drive: DriveModel, entry: FeedEntry, params: Params): boolean {
  if (entry.sharedDriveId !== null && !params.includesAllDrives) return false;
  if (entry.sharedDriveId !== null && params.flag('restrictToMyDrive')) return false;
  return params.flag('includeRemoved', true) || !isRemoved(drive, entry, params);
}

/** Whether the item was deleted, is no longer visible, or left the drive of this feed. */
function isRemoved(drive: DriveModel, entry: FeedEntry, params: Params): boolean {
  const item = drive.find(entry.item.id);
  if (!item?.visible) return true;
  if (params.driveId !== null) return item.sharedDriveId !== params.driveId;
  return item.sharedDriveId !== null && !params.includesAllDrives;
}

function changeResource(
  drive: DriveModel,
  entry: FeedEntry,
  params: Params,
  mask: Mask,
): Record<string, unknown> {
  const removed = isRemoved(drive, entry, params);
  const item = drive.find(entry.item.id);
  const common = {
    kind: () => 'drive#change',
    type: () => entry.changeType,
    changeType: () => entry.changeType,
    time: () => toTimestamp(entry.timeMs),
    removed: () => removed,
  };
  if (entry.changeType === 'drive') {
    return build(mask, {
      ...common,
      driveId: () => entry.item.id,
      teamDriveId: () => entry.item.id,
      drive: () => (removed ? undefined : driveResource(entry.item, maskOf(mask, 'drive'))),
    });
  }
  const withFile = !removed || (params.flag('includeCorpusRemovals') && item?.visible === true);
  return build(mask, {
    ...common,
    fileId: () => entry.item.id,
    file: () => (withFile && item !== undefined ? fileResource(item, maskOf(mask, 'file')) : undefined),
  });
}
