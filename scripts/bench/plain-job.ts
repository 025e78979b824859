/**
 * The plain job, for comparison only. It was written for this benchmark and is modeled on the hourly job that this
 * project replaces. It lists the whole library, reads the whole catalog, and writes every book that differs.
 *
 * The comparison is fair: unlike its model, this job follows subfolders and pages, requests Drive's largest page
 * size, and writes in batches. It lacks features that cost nothing here: removals, guards, preconditions, retries.
 * With PLAIN_COMPARES_UNSET=true it also has the best-known defect of its model: it compares a field that it never
 * sets, so it considers every book changed and writes every book in every run.
 */
import { cloudEvent } from '@google-cloud/functions-framework';
import { initializeApp } from 'firebase-admin/app';
import { type DocumentReference, type Firestore, getFirestore } from 'firebase-admin/firestore';
import { OAuth2Client } from 'google-auth-library';
import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';

const folderMimeType = 'application/vnd.google-apps.folder';
/** Writes per commit: Firestore's limit. */
const batchSize = 500;

cloudEvent('sync', run);

async function run(): Promise<void> {
  const compareUnset = process.env.PLAIN_COMPARES_UNSET === 'true';
  initializeApp({ projectId: setting('FIREBASE_PROJECT_ID') });
  const firestore = getFirestore();
  const books = firestore.collection('books');

  const library = await listLibrary(openDrive(), setting('GOOGLE_DRIVE_FOLDER_ID'));
  const catalog = await books.get();
  const known = new Map(catalog.docs.map((document) => [String(document.get('drive_id')), document]));

  const writes: { document: DocumentReference; fields: Record<string, unknown> }[] = [];
  for (const file of library.files) {
    const document = known.get(file.id ?? '');
    if (!document) {
      writes.push({
        document: books.doc(),
        fields: { ...fieldsOf(file), added_date: new Date(), is_embedded: false },
      });
      continue;
    }
    const differs =
      document.get('original_filename') !== file.name ||
      document.get('modified_time') !== file.modifiedTime ||
      document.get('md5_checksum') !== file.md5Checksum ||
      (compareUnset && document.get('last_synced_version') !== file.modifiedTime);
    if (differs) writes.push({ document: document.ref, fields: fieldsOf(file) });
  }
  const commits = await writeAll(firestore, writes);
  report({
    driveCalls: library.calls,
    driveUnits: library.calls * 100,
    reads: Math.max(1, catalog.size),
    writes: writes.length,
    deletes: 0,
    commits,
  });
}

async function listLibrary(drive: drive_v3.Drive, root: string) {
  const files: drive_v3.Schema$File[] = [];
  const folders = [root];
  let calls = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let pageToken: string | undefined;
    do {
      const { data }: { data: drive_v3.Schema$FileList } = await drive.files.list({
        q: `'${folder}' in parents and trashed = false`,
        fields: 'nextPageToken,files(id,name,mimeType,createdTime,modifiedTime,size,md5Checksum)',
        pageSize: 1000,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      calls += 1;
      for (const file of data.files ?? []) {
        if (file.mimeType !== folderMimeType) files.push(file);
        else if (file.id) folders.push(file.id);
      }
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
  }
  return { files, calls };
}

function fieldsOf(file: drive_v3.Schema$File): Record<string, unknown> {
  const name = file.name ?? '';
  return {
    title: name.replace(/\.\w+$/, ''),
    drive_id: file.id,
    drive_link: `https://drive.google.com/file/d/${file.id}/view`,
    original_filename: name,
    created_time: file.createdTime,
    modified_time: file.modifiedTime,
    mime_type: file.mimeType,
    size_bytes: Number(file.size ?? 0),
    md5_checksum: file.md5Checksum,
    updated_date: new Date(),
  };
}

async function writeAll(
  firestore: Firestore,
  writes: readonly { document: DocumentReference; fields: Record<string, unknown> }[],
): Promise<number> {
  let commits = 0;
  for (let start = 0; start < writes.length; start += batchSize) {
    const batch = firestore.batch();
    for (const { document, fields } of writes.slice(start, start + batchSize))
      batch.set(document, fields, { merge: true });
    await batch.commit();
    commits += 1;
  }
  return commits;
}

function openDrive(): drive_v3.Drive {
  const root = setting('GOOGLE_API_ROOT');
  const auth = new OAuth2Client({
    clientId: setting('GOOGLE_CLIENT_ID'),
    clientSecret: setting('GOOGLE_CLIENT_SECRET'),
    endpoints: { oauth2TokenUrl: `${root}/token` },
  });
  auth.setCredentials({ refresh_token: setting('GOOGLE_REFRESH_TOKEN') });
  return new drive_v3.Drive({ auth, rootUrl: root });
}

/** Writes the line that the benchmark reads. Its field names are the same as in the last log line of the sync. */
function report(usage: Record<string, number>): void {
  process.stdout.write(`${JSON.stringify({ event: 'run_completed', ...usage })}\n`);
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
