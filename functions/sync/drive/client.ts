/** Drive v3 as this program uses it: five questions, each metered, retried and bounded in time. */
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import { type Deadline, withTimeout } from '../core/deadline.ts';
import { AuthenticationError, DriveScanError, errorOf, NetworkError } from '../core/errors.ts';
import type { Retry } from '../core/retry.ts';
import type { Meter } from '../core/usage.ts';
import {
  type ChangeEntry,
  changesSchema,
  listSchema,
  readAnswer,
  readChange,
  tokenSchema,
} from './answers.ts';
import { driveCauses } from './causes.ts';
import { type Connection, connect, type DriveSettings } from './connection.ts';
import { readContent } from './content.ts';
import { driveError, driveTimeout, malformedAnswer, tokenEndpoint } from './errors.ts';
import { type DriveItem, type FolderRef, itemFields, type ReadItem, readItem } from './items.ts';

/** Drive's largest page. */
const pageSize = 1000;

/** Quota units of a call (Drive's usage limits; `changes.list` is taken as a list). */
const units = { get: 5, list: 100 } as const;

export interface ListedPage {
  entries: ReadItem[];
  nextPageToken: string | undefined;
  /** Drive says itself that it did not look everywhere. */
  incomplete: boolean;
}

export interface ChangesPage {
  entries: ChangeEntry[];
  nextPageToken: string | undefined;
  newStartPageToken: string | undefined;
}

/** What opens a file. */
export type FileRef = Pick<DriveItem, 'id' | 'resourceKey'>;

export interface DriveClient {
  /** @throws DriveScanError with reason `notFound`, and every other error of a call */
  get(id: string, resourceKey?: string): Promise<DriveItem>;
  listFolder(folder: FolderRef, pageToken: string | undefined): Promise<ListedPage>;
  startPageToken(sharedDriveId: string | undefined): Promise<string>;
  changes(pageToken: string, sharedDriveId: string | undefined): Promise<ChangesPage>;
  /** The bytes of a file from `start` up to, not including, `end`; fewer where the file ends before. */
  content(file: FileRef, start: number, end: number): Promise<Uint8Array>;
}

export interface DriveContext {
  settings: DriveSettings;
  meter: Meter;
  retry: Retry;
  deadline: Deadline;
}

/** Opens Drive for one run. Nothing is contacted before the first question. */
export function openDrive({ settings, meter, retry, deadline }: DriveContext): DriveClient {
  let connection = connect(settings, deadline);

  /** Another connection takes another token. Who still waits for the old one's token waits no longer. */
  function reconnect(used: Connection): void {
    if (connection !== used) return;
    used.close();
    connection = connect(settings, deadline);
  }

  /** One question: retried by the run's policy, and once more with a fresh token where the old one is refused. */
  function call<T>(
    operation: string,
    cost: number,
    request: (api: drive_v3.Drive, options: object) => Promise<{ data: unknown }>,
    read: (data: unknown) => T,
  ): Promise<T> {
    async function once({ api, awaitsToken }: Connection): Promise<T> {
      meter.add('driveCalls');
      meter.add('driveUnits', cost);
      // `retry: false`: gaxios would retry on its own schedule, past the deadline and without Retry-After.
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
        // It may be the token that does not come, and every later question would wait for that same one.
        if (error instanceof NetworkError) reconnect(used);
        if (!(error instanceof AuthenticationError) || error.reason !== 'authError') throw error;
        // A token can die in the middle of a run; a fresh one decides whether it was only that.
        reconnect(used);
        return await once(connection);
      }
    });
  }

  return {
    get: (fileId, resourceKey) =>
      call(
        'looking at an item',
        units.get,
        (drive, options) =>
          drive.files.get(
            { fileId, fields: itemFields, supportsAllDrives: true },
            { ...options, ...keyHeader(fileId, resourceKey) },
          ),
        (data) => {
          const read = readItem(data);
          if (read.kind === 'item') return read.item;
          throw malformedAnswer('looking at an item', `without ${read.missing.join(', ')}`);
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
          const page = readAnswer(listSchema, data, 'listing a folder');
          return {
            entries: page.files.map(readItem),
            nextPageToken: page.nextPageToken,
            incomplete: page.incompleteSearch ?? false,
          };
        },
      ).catch(asMemberOf(sharedDriveId)),

    startPageToken: (sharedDriveId) =>
      call(
        'asking where the changes feed stands',
        units.get,
        (drive, options) =>
          drive.changes.getStartPageToken(
            { supportsAllDrives: true, ...(sharedDriveId === undefined ? {} : { driveId: sharedDriveId }) },
            options,
          ),
        (data) => readAnswer(tokenSchema, data, 'asking where the changes feed stands').startPageToken,
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
          const page = readAnswer(changesSchema, data, 'reading the changes feed');
          return {
            entries: page.changes.flatMap(readChange),
            nextPageToken: page.nextPageToken,
            newStartPageToken: page.newStartPageToken,
          };
        },
      ),

    content: ({ id, resourceKey }, start, end) =>
      call(
        'reading the content of a file',
        units.get,
        (drive, options) => readContent(drive, { ...options, ...keyHeader(id, resourceKey) }, id, start, end),
        (data) => data as Uint8Array,
      ),
  };
}

/**
 * A folder of a shared drive can be shared alone, and then be looked at; to be told what is in the drive takes a member
 * of it. To everybody else Drive says that there is no such drive.
 */
function asMemberOf(sharedDriveId: string | undefined): (error: unknown) => never {
  return (error) => {
    if (sharedDriveId === undefined || !(error instanceof DriveScanError) || error.reason !== 'notFound')
      throw error;
    throw errorOf(driveCauses.notMember, `The shared drive ${sharedDriveId} is not shown to us`, {
      reason: 'notMember',
      ...(error.status === undefined ? {} : { status: error.status }),
      cause: error,
    });
  };
}

/** Items shared by link open only with their resource key, sent along in this header. */
function keyHeader(id: string, resourceKey: string | undefined): { headers?: Record<string, string> } {
  return resourceKey ? { headers: { 'X-Goog-Drive-Resource-Keys': `${id}/${resourceKey}` } } : {};
}
