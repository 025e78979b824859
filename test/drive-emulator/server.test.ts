import { expect, test } from 'vitest';
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import { googleClient, withDriveEmulator } from './client.ts';

test("Google's own client lists, gets and downloads files and reads the changes feed", async () => {
  const drive = new DriveModel();
  const books = drive.addFolder({ name: 'Books', parent: 'root' });
  const file = drive.addFile({ name: 'a.pdf', parent: books.id, content: 'hello world' });
  await withDriveEmulator(drive, async (driveEmulator) => {
    const client = googleClient(driveEmulator);
    const start = (await client.changes.getStartPageToken({})).data.startPageToken as string;
    const list = await client.files.list({
      q: `'${books.id}' in parents and trashed = false`,
      fields: 'nextPageToken,incompleteSearch,files(id,name,md5Checksum,size,parents)',
      pageSize: 1000,
    });
    expect(list.data).toEqual({
      incompleteSearch: false,
      files: [
        {
          id: file.id,
          name: 'a.pdf',
          md5Checksum: '5eb63bbbe01eeed093cb22bb8f5acdc3',
          size: '11',
          parents: [books.id],
        },
      ],
    });
    const got = await client.files.get({ fileId: file.id });
    expect(got.data).toEqual({ kind: 'drive#file', id: file.id, name: 'a.pdf', mimeType: 'application/pdf' });
    const part = await client.files.get(
      { fileId: file.id, alt: 'media' },
      { responseType: 'text', headers: { range: 'bytes=6-' } },
    );
    expect(part.status).toBe(206);
    expect(part.data).toBe('world');

    drive.rename(file.id, 'b.pdf');
    const changes = await client.changes.list({ pageToken: start, fields: '*' });
    expect(changes.data.changes).toMatchObject([
      { fileId: file.id, removed: false, file: { name: 'b.pdf' } },
    ]);
    expect(changes.data.newStartPageToken).not.toBe(start);
    expect(driveEmulator.calls.total).toBe(5);
    expect(driveEmulator.calls.quotaUnits).toBe(5 + 100 + 5 + 5 + 100);
  });
});
