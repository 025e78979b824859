/** Embedded metadata in the sync: when the content of a book is read, what it costs, and what can go wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { writeEpub } from '../../../functions/drive-emulator/sample/epub.ts';
import { writePdf } from '../../../functions/drive-emulator/sample/pdf.ts';
import { startDriveEmulator } from '../../../functions/drive-emulator/server.ts';
import type { EmbeddedMode } from '../../../functions/sync/core/book.ts';
import { openWorld, reconcileRequest, type World } from '../../support/world.ts';

let world: World;
afterEach(() => world.close());

const readonly = ['https://www.googleapis.com/auth/drive.readonly'];

async function open(embeddedMetadata: EmbeddedMode = 'fill', scopes = readonly): Promise<World> {
  world = await openWorld({ settings: { embeddedMetadata }, scopes });
  return world;
}

function pdf(title: string, author = 'Jane Austen'): Buffer {
  return writePdf({ lines: ['text'], info: { title, author }, xmp: null });
}

function add(name: string, content: Buffer): string {
  return world.drive.addFile({ name, parent: world.root, content }).id;
}

const book = async (id: string) => (await world.books()).get(id) ?? {};

describe('the content of a book', () => {
  test('is used if the book is new and its file name is unsure, and every field records its origin', async () => {
    await open();
    const [unsure, sure] = [
      add('scan0001.pdf', pdf('Emma')),
      add('Persuasion - Jane Austen (1817).pdf', pdf('Draft')),
    ];
    expect(await world.run()).toMatchObject({ added: 2, usage: { writes: 3, commits: 1 } });
    expect(await book(unsure)).toMatchObject({
      title: 'Emma',
      author: 'Jane Austen',
      sync: {
        written: { title: 'Emma' },
        origin: { title: 'embedded', author: 'embedded' },
        embedded: { said: [{ place: 'info', title: 'Emma', authors: ['Jane Austen'] }] },
      },
    });
    expect(await book(sure)).toMatchObject({ title: 'Persuasion', sync: { origin: { title: 'name' } } });
  });

  test('is read with its resource key if the file is shared by link', async () => {
    await open();
    const { drive, root } = world;
    const resourceKey = '0-abcdefghijklmnopqrstuv';
    const far = drive.addFile({ name: 'scan0002.pdf', parent: 'root', content: pdf('Emma'), resourceKey });
    drive.addShortcut({ name: 's', parent: root, target: far.id, targetResourceKey: resourceKey });
    await world.run();
    expect(await book(far.id)).toMatchObject({ title: 'Emma', sync: { origin: { title: 'embedded' } } });
  });

  test('is read by the next reconcile if the file is temporarily inaccessible', async () => {
    await open();
    const id = add('scan0003.pdf', pdf('Emma'));
    world.driveEmulator.faults.add({
      match: { method: 'files.download' },
      fault: { kind: 'status', status: 404 },
    });
    await world.run();
    expect(await book(id)).toMatchObject({ sync: { embedded: { unread: true } } });
    await world.run(reconcileRequest);
    expect(await book(id)).toMatchObject({ title: 'Emma' });
  });

  test('is read from an EPUB too', async () => {
    await open('prefer');
    const content = await writeEpub({
      title: 'Emma',
      language: 'en',
      creator: 'Jane Austen',
      date: '1815',
      uuid: 'u',
      paragraphs: ['p'],
    });
    const id = add('Other - Somebody Else (1999).epub', content);
    await world.run();
    expect(await book(id)).toMatchObject({
      title: 'Emma',
      author: 'Jane Austen',
      year: '1815',
      language: 'en',
    });
  });

  test('is read once, and again only if it changes, but not if the file is renamed', async () => {
    await open();
    const id = add('scan0001.pdf', pdf('Emma'));
    const downloads = () => world.driveEmulator.calls.count('files.download');
    await world.run();
    const first = downloads();
    expect(first).toBeGreaterThan(0);
    expect(await world.run()).toMatchObject({ usage: { driveCalls: 1, reads: 1, writes: 0 } });
    expect(await world.run(reconcileRequest)).toMatchObject({ updated: 0, usage: { writes: 1 } });

    world.drive.rename(id, 'scan0002.pdf');
    expect(await world.run()).toMatchObject({ updated: 1, usage: { driveCalls: 1, reads: 2, writes: 2 } });
    expect(await book(id)).toMatchObject({ title: 'Emma', original_filename: 'scan0002.pdf' });
    expect(downloads()).toBe(first);

    world.drive.edit(id, { content: pdf('Emma, revised') });
    expect(await world.run()).toMatchObject({ updated: 1 });
    expect(downloads()).toBeGreaterThan(first);
    expect(await book(id)).toMatchObject({ title: 'Emma, revised', is_embedded: false });
  });

  test('does not replace a correction, whose origin is recorded as "person"', async () => {
    await open('prefer');
    const id = add('scan0001.pdf', pdf('Emma'));
    await world.run();
    await world.firestore.collection('books').doc(id).update({ title: 'CORRECTED' });
    world.drive.edit(id, { content: pdf('Emma, revised', 'Austen') });
    await world.run();
    expect(await book(id)).toMatchObject({ title: 'CORRECTED', sync: { origin: { title: 'person' } } });
  });

  test('is not read again if EMBEDDED_METADATA changes, because the known values are used', async () => {
    await open();
    const id = add('Persuasion - Jane Austen (1817).pdf', pdf('Emma'));
    await world.run();
    const read = world.driveEmulator.calls.count('files.download');
    await world.run(undefined, { embeddedMetadata: 'prefer' });
    expect(await book(id)).toMatchObject({ title: 'Emma' });
    await world.run(undefined, { embeddedMetadata: 'off' });
    expect(await book(id)).toMatchObject({ title: 'Persuasion' });
    expect(world.driveEmulator.calls.count('files.download')).toBe(read);
  });
});

describe('errors', () => {
  test('a token without access to content causes one warning, and a reconcile with a sufficient token catches up', async () => {
    await open('fill', ['https://www.googleapis.com/auth/drive.metadata.readonly']);
    const ids = [1, 2, 3].map((i) => add(`scan000${i}.pdf`, pdf(`Emma ${i}`)));
    expect(await world.run()).toMatchObject({ added: 3 });
    expect(world.said('embedded_off')).toHaveLength(1);
    expect(world.said('content_unreadable')).toEqual([]);
    expect(await world.run()).toMatchObject({ usage: { driveCalls: 1, reads: 1, writes: 0 } });

    if (world.settings.driveIdentity.kind !== 'oauth') throw new Error('a world has an OAuth identity');
    const right = await startDriveEmulator(world.drive, {
      oauth: { ...world.settings.driveIdentity, scopes: readonly },
    });
    expect(await world.run(reconcileRequest, { googleApiRoot: right.url })).toMatchObject({ updated: 3 });
    await right.close();
    expect((await book(ids[0] ?? '')).title).toBe('Emma 1');
  });

  test('a damaged book causes one warning', async () => {
    await open();
    const id = add('scan0001.pdf', Buffer.alloc(5_000));
    expect(await world.run()).toMatchObject({ kind: 'completed', added: 1 });
    expect(world.said('content_unreadable')).toEqual([
      expect.stringMatching(/^The content of scan0001\.pdf cannot be read: /),
    ]);
    await world.run(reconcileRequest);
    expect(world.said('content_unreadable')).toHaveLength(1);
    expect(await book(id)).toMatchObject({ title: 'scan0001' });
  });

  test('a file that can be seen but not downloaded causes a warning, and the other files are read', async () => {
    await open();
    add('scan0001.pdf', pdf('Emma'));
    add('scan0002.pdf', pdf('Persuasion'));
    world.driveEmulator.faults.add({
      match: { method: 'files.download' },
      fault: { kind: 'status', status: 403, reason: 'insufficientFilePermissions' },
    });
    expect(await world.run()).toMatchObject({ added: 2 });
    expect(world.said('content_unreadable')).toHaveLength(1);
    expect(world.said('embedded_off')).toEqual([]);
    expect((await world.titles()).filter((title) => !title.startsWith('scan'))).toHaveLength(1);
  });
});

test('a reader thread that never responds does not outlast the run', async () => {
  await open();
  add('scan0001.pdf', pdf('Emma'));
  const silent = path.join(mkdtempSync(path.join(tmpdir(), 'silent-')), 'reader.mjs');
  writeFileSync(silent, 'setInterval(() => {}, 1_000);');
  const began = performance.now();
  await expect(world.run(undefined, { runSeconds: 5 }, { readerFile: silent })).rejects.toMatchObject({
    reason: 'outOfTime',
  });
  // The reader itself would wait for 20 s.
  expect(performance.now() - began).toBeLessThan(12_000);
  rmSync(path.dirname(silent), { recursive: true });
});

test('the run keeps its deadline while it reads books, and later runs read the rest', async () => {
  await open();
  for (let i = 0; i < 60; i++) add(`scan${i}.pdf`, pdf(`Novel number ${i}`));
  world.driveEmulator.faults.add({
    match: { method: 'files.download' },
    fault: { kind: 'slow', ms: 200 },
    times: 60,
  });
  const kinds: string[] = [];
  while (kinds.at(-1) !== 'completed' && kinds.length < 12)
    kinds.push((await world.run(undefined, { runSeconds: 6 })).kind);
  expect(kinds[0]).toBe('continues');
  expect(kinds.at(-1)).toBe('completed');
  expect((await world.titles()).filter((title) => title.startsWith('Novel'))).toHaveLength(60);
});
