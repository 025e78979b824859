import { fileNotFound, parameterError, sharedDriveNotFound } from '../errors.ts';
import type { Call } from '../faults/faults.ts';
import type { DriveModel } from '../model/drive.ts';
import type { Item } from '../model/item.ts';
import type { Behavior, PageSizes } from './behavior.ts';
import { getStartPageToken, listChanges } from './changes-list.ts';
import { parseFields, project } from './fields.ts';
import { listFiles } from './files-list.ts';
import { Params } from './params.ts';
import { driveResource, fileResource } from './resource.ts';
import { ResourceKeys } from './resource-keys.ts';
import { aboutSchema, driveSchema, fileSchema } from './schema.ts';

/** The state that the handlers work on. */
export interface Library {
  readonly drive: DriveModel;
  readonly behavior: Behavior;
  readonly pageSizes: PageSizes;
}

/**
 * Handles a metadata call.
 * @returns the JSON that Drive would return
 * @throws DriveError for calls that Drive would reject
 */
export function answerCall(library: Library, call: Call): Record<string, unknown> {
  const params = new Params(call.method, call.params);
  const { drive, behavior, pageSizes } = library;
  switch (call.method) {
    case 'files.list':
      return listFiles(drive, params, keysOf(call), behavior, pageSizes.next(params.pageSize()));
    case 'changes.list':
      return listChanges(drive, params, pageSizes.next(params.pageSize()));
    case 'changes.getStartPageToken':
      return getStartPageToken(drive, params);
    case 'about.get':
      return about(params);
    case 'drives.get':
      return sharedDrive(drive, call.id ?? '', params);
    default: {
      const mask = parseFields(
        params.text('fields') ?? 'kind,id,name,mimeType,resourceKey,driveId,teamDriveId',
        fileSchema,
      );
      return fileResource(visibleFile(library, call), mask);
    }
  }
}

/**
 * The file of a files.get call or a download.
 * @throws DriveError 404 for a file that is missing or hidden, needs a resource key, or is in a shared drive while
 *   the call does not set `supportsAllDrives`
 */
export function visibleFile(library: Library, call: Call): Item {
  const params = new Params(call.method, call.params);
  const id = call.id ?? '';
  const item = library.drive.find(id);
  if (!item?.visible || !keysOf(call).open(item)) throw fileNotFound(id);
  if (item.sharedDriveId !== null && !params.supportsAllDrives) throw fileNotFound(id);
  return item;
}

function keysOf(call: Call): ResourceKeys {
  const header = call.headers['x-goog-drive-resource-keys'];
  return new ResourceKeys(Array.isArray(header) ? header.join(',') : header);
}

function sharedDrive(drive: DriveModel, id: string, params: Params): Record<string, unknown> {
  const mask = parseFields(params.text('fields') ?? 'kind,id,name', driveSchema);
  const root = drive.find(id);
  if (!root || !drive.isMember(id)) throw sharedDriveNotFound(id);
  return driveResource(root, mask) as Record<string, unknown>;
}

function about(params: Params): Record<string, unknown> {
  const fields = params.text('fields');
  if (fields === null) {
    throw parameterError(400, 'required', 'fields', "The 'fields' parameter is required for this method.");
  }
  const resource = {
    kind: 'drive#about',
    user: {
      kind: 'drive#user',
      displayName: 'Emulated User',
      me: true,
      permissionId: '00000000000000000000',
      emailAddress: 'reader@example.com',
    },
    storageQuota: { usage: '0', usageInDrive: '0', usageInDriveTrash: '0' },
    canCreateDrives: false,
  };
  return project(resource, parseFields(fields, aboutSchema)) as Record<string, unknown>;
}
