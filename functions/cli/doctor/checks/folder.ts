/** Checks the library: does the folder exist, is anything in it, does its changes feed respond? */
import { driveCauses } from '../../../sync/drive/causes.ts';
import type { FolderRef } from '../../../sync/drive/items.ts';
import { type DriveItem, folderMimeType } from '../../../sync/drive/items.ts';
import { verifyRoot } from '../../../sync/drive/listing.ts';
import { isBook } from '../../../sync/metadata/is-book.ts';
import { count } from '../../shared/show.ts';
import { driveAdvice } from '../advice.ts';
import type { Check, Subject } from '../check.ts';

export const folder: Check = {
  name: 'folder',
  needs: ['driveApi'],
  side: 'drive',
  async run({ drive, settings, found }) {
    let seen: DriveItem | undefined;
    const get: typeof drive.get = async (...of) => {
      seen = await drive.get(...of);
      return seen;
    };
    found.root = await verifyRoot({ ...drive, get }, settings.folder);
    const { sharedDriveId } = found.root;
    const where = sharedDriveId === undefined ? 'in My Drive' : `in the shared drive ${sharedDriveId}`;
    return { said: `"${seen?.name}", ${where}` };
  },
};

export const contents: Check = {
  name: 'contents',
  needs: ['folder'],
  side: 'drive',
  async run(subject) {
    const { entries, nextPageToken, incomplete } = await subject.drive.listFolder(rootOf(subject), undefined);
    const items = entries.flatMap((entry) => (entry.kind === 'item' ? [entry.item] : []));
    const folders = items.filter(({ mimeType }) => mimeType === folderMimeType).length;
    const books = items.filter(isBook).length;
    const said = `${nextPageToken ? 'more than ' : ''}${entries.length === 1 ? '1 entry' : `${entries.length} entries`}; first page: ${count(books, 'book')}, ${count(folders, 'folder')}`;
    if (incomplete || items.length < entries.length)
      return {
        status: 'warning',
        said: `${said}; the listing is incomplete`,
        todo: [(incomplete ? driveCauses.incomplete : driveCauses.malformedEntry).hint],
      };
    if (entries.length > 0 || nextPageToken) return { said };
    return {
      status: 'warning',
      said: 'the folder is empty',
      todo: [
        'Add books to it, or set GOOGLE_DRIVE_FOLDER_ID to the folder that contains them.',
        ...driveAdvice('rootNotFolder', subject).slice(1),
      ],
    };
  },
};

export const changesFeed: Check = {
  name: 'changesFeed',
  needs: ['folder'],
  side: 'drive',
  async run(subject) {
    const { drive } = subject;
    const { sharedDriveId } = rootOf(subject);
    const token = await drive.startPageToken(sharedDriveId);
    await drive.changes(token, sharedDriveId);
    return { said: sharedDriveId === undefined ? 'responding' : "the shared drive's feed is responding" };
  },
};

function rootOf({ found }: Subject): FolderRef {
  if (!found.root) throw new Error('The folder check must run first');
  return found.root;
}
