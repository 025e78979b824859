/** The Drive v3 client: the five calls that this program makes, each metered, retried, and bounded by a timeout. */
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import { type Deadline, withTimeout } from '../core/deadline.ts';
import { AuthenticationError, DriveScanError, errorOf, NetworkError } from '../core/errors.ts';
import type { Retry } from '../core/retry.ts';
import type { Meter } from '../core/usage.ts';
import { driveCauses } from './causes.ts';
import { type Connection, connect, type DriveSettings } from './connection.ts';
import { readContent } from './content.ts';
import { driveError, driveTimeout, malformedAnswer, tokenEndpoint } from './errors.ts';
import { type DriveItem, type FolderRef, itemFields, type ReadItem, readItem } from './items.ts';
import {
  type ChangeEntry,
  changesSchema,
  listSchema,
  readChange,
  readResponse,
  tokenSchema,
} from './responses.ts';

/** The largest page size that Drive allows. */
const pageSize = 1000;

/** Quota units per call, from Drive's usage limits. `changes.list` is counted as a list. */
const units = { get: 5, list: 100 } as const;

export interface ListedPage {
  entries: ReadItem[];
  nextPageToken: string | undefined;
  /** True if Drive reported that the listing is incomplete (`incompleteSearch`). */
  incomplete: boolean;
}

export interface ChangesPage {
  entries: ChangeEntry[];
  nextPageToken: string | undefined;
  newStartPageToken: string | undefined;
}

/** What is needed to open a file. */
export type FileRef = Pick<DriveItem, 'id' | 'resourceKey'>;

export interface DriveClient {
  /** @throws DriveScanError with reason `notFound`, and every other error of a call */
  get(id: string, resourceKey?: string): Promise<DriveItem>;
  listFolder(folder: FolderRef, pageToken: string | undefined): Promise<ListedPage>;
  startPageToken(sharedDriveId: string | undefined): Promise<string>;
  changes(pageToken: string, sharedDriveId: string | undefined): Promise<ChangesPage>;
  /** The bytes of a file from `start` up to but not including `end`; fewer if the file ends earlier. */
  content(file: FileRef, start: number, end: number): Promise<Uint8Array>;
}

export interface DriveContext {
  settings: DriveSettings;
  meter: Meter;
  retry: Retry;
  deadline: Deadline;
}

/** Opens Drive for one run. Connects to nothing before the first call. */
export function openDrive({ settings, meter, retry, deadline }: DriveContext): DriveClient {
  let connection = connect(settings, deadline);

  /** Replaces the connection, so that the next call gets a new token. Cancels the wait for the old token. */
  function reconnect(used: Connection): void {
    if (connection !== used) return;
    used.close();
    connection = connect(settings, deadline);
  }

  /**
   * Makes one call. It is retried by the run's retry policy, and once with a new token if the old one is rejected.
   */
  function call<T>(
    operation: string,
    cost: number,
    request: (api: drive_v3.Drive, options: object) => Promise<{ data: unknown }>,
    read: (data: unknown) => T,
  ): Promise<T> {
    async function once({ api, awaitsToken }: Connection): Promise<T> {
      meter.add('driveCalls');
      meter.add('driveUnits', cost);
      // `retry: false`: gaxios would retry on its own schedule, past the deadline and without honoring Retry-After.
      const work = (signal: AbortSignal) =>
        request(api, { signal, retry: false }).catch((error) => {
          throw deadline.signal.aborted ? deadline.signal.reason : driveError(error, operation);
        });
      const { data } = await withTimeout(work, deadline, () =>
        driveTimeout(operation, deadline.callTimeoutMs, awaitsToken() ? tokenEndpoint : 'Drive'),
      );
      return read(data);
    }
    return retry(operation, async () => {
      const used = connection;
      try {
        return await once(used);
      } catch (error) {
        // The token endpoint may be what did not respond. Every later call would wait for the same token request.
        if (error instanceof NetworkError) reconnect(used);
        if (!(error instanceof AuthenticationError) || error.reason !== 'authError') throw error;
        // A token can expire in the middle of a run. A new token shows whether that was the cause.
        reconnect(used);
        return await once(connection);
      }
    });
  }

  return {
    get: (fileId, resourceKey) =>
      call(
        'getting file metadata',
        units.get,
        (drive, options) =>
          drive.files.get(
            { fileId, fields: itemFields, supportsAllDrives: true },
            { ...options, ...keyHeader(fileId, resourceKey) },
          ),
        (data) => {
          const read = readItem(data);
          if (read.kind === 'item') return read.item;
          throw malformedAnswer(
            'getting file metadata',
            `missing or invalid fields: ${read.missing.join(', ')}`,
          );
        },
      ),

    listFolder: ({ id, sharedDriveId, resourceKey }, pageToken) =>
      call(
        'listing a folder',
        units.list,
        (drive, options) =>
          drive.files.list(
            {
              q: `'${id}' in parents and trashed = false`,
              fields: `nextPageToken,incompleteSearch,files(${itemFields})`,
              pageSize,
              supportsAllDrives: true,
              includeItemsFromAllDrives: true,
              ...(pageToken === undefined ? {} : { pageToken }),
              ...(sharedDriveId === undefined ? {} : { corpora: 'drive', driveId: sharedDriveId }),
            },
            { ...options, ...keyHeader(id, resourceKey) },
          ),
        (data) => {
          const page = readResponse(listSchema, data, 'listing a folder');
          return {
            entries: page.files.map(readItem),
            nextPageToken: page.nextPageToken,
            incomplete: page.incompleteSearch ?? false,
          };
        },
      ).catch(asMemberOf(sharedDriveId)),

    startPageToken: (sharedDriveId) =>
      call(
        'getting the start page token',
        units.get,
        (drive, options) =>
          drive.changes.getStartPageToken(
            { supportsAllDrives: true, ...(sharedDriveId === undefined ? {} : { driveId: sharedDriveId }) },
            options,
          ),
        (data) => readResponse(tokenSchema, data, 'getting the start page token').startPageToken,
      ).catch(asMemberOf(sharedDriveId)),

    changes: (pageToken, sharedDriveId) =>
      call(
        'reading the changes feed',
        units.list,
        (drive, options) =>
          drive.changes.list(
            {
              pageToken,
              fields: `nextPageToken,newStartPageToken,changes(changeType,fileId,removed,time,file(${itemFields}))`,
              pageSize,
              includeRemoved: true,
              supportsAllDrives: true,
              includeItemsFromAllDrives: true,
              ...(sharedDriveId === undefined ? {} : { driveId: sharedDriveId }),
            },
            options,
          ),
        (data) => {
          const page = readResponse(changesSchema, data, 'reading the changes feed');
          return {
            entries: page.changes.flatMap(readChange),
            nextPageToken: page.nextPageToken,
            newStartPageToken: page.newStartPageToken,
          };
        },
      ),

    content: ({ id, resourceKey }, start, end) =>
      call(
        'downloading file content',
        units.get,
        (drive, options) => readContent(drive, { ...options, ...keyHeader(id, resourceKey) }, id, start, end),
        (data) => data as Uint8Array,
      ),
  };
}

/**
 * Converts `notFound` into `notMember` for calls that need access to a shared drive. A folder in a shared drive can
 * be shared by itself and is then visible to `files.get`, but listing it or reading the drive's changes feed
 * requires membership in the drive. To everyone else, Drive responds that the drive does not exist.
 */
function asMemberOf(sharedDriveId: string | undefined): (error: unknown) => never {
  return (error) => {
    if (sharedDriveId === undefined || !(error instanceof DriveScanError) || error.reason !== 'notFound')
      throw error;
    throw errorOf(
      driveCauses.notMember,
      `The shared drive ${sharedDriveId} is not accessible (not a member)`,
      {
        reason: 'notMember',
        ...(error.status === undefined ? {} : { status: error.status }),
        cause: error,
      },
    );
  };
}

/** Builds the header with the resource key, which is required to open items that are shared by link. */
function keyHeader(id: string, resourceKey: string | undefined): { headers?: Record<string, string> } {
  return resourceKey ? { headers: { 'X-Goog-Drive-Resource-Keys': `${id}/${resourceKey}` } } : {};
}
