/** The Drive side of a history: a school's folders, and everything that people do in them. */
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import { SandboxError } from '../../functions/drive-emulator/model/new-item.ts';
import { allowed } from './findings.ts';
import { fileName, newNameFor } from './names.ts';
import type { Beginning, DriveOperation, What } from './operations.ts';
import { existing, folderOf, pick, pickOf, placeOf } from './picking.ts';

export interface Estate {
  drive: DriveModel;
  /** The library's root. */
  root: string;
  /** The folder above the root. */
  above: string;
  /** A folder outside the library, in the same drive. */
  elsewhere: string;
  /** A place in another drive. */
  otherDrive: string;
  /** Whether shortcuts may lead to folders. */
  folderLinks: boolean;
  /** Ids ever made, in order, whatever became of them. */
  made: Record<What, string[]>;
  /** Ids touched, the latest first: histories return to them, so that things happen to one item in a row. */
  recent: string[];
}

export function openEstate({ sharedDrive, ...beginning }: Beginning, seed: string): Estate {
  const drive = new DriveModel({ seed });
  const shared = drive.addSharedDrive({ name: 'School' }).id;
  const [home, otherDrive] = sharedDrive ? [shared, 'root'] : ['root', shared];
  const above = drive.addFolder({ name: 'School', parent: home }).id;
  const root = drive.addFolder({ name: 'Books', parent: above }).id;
  const elsewhere = drive.addFolder({ name: 'Elsewhere', parent: home }).id;
  const estate: Estate = {
    drive,
    root,
    above,
    elsewhere,
    folderLinks: beginning.folderLinks,
    otherDrive: drive.find(otherDrive)?.id ?? otherDrive,
    made: { file: [], folder: [], shortcut: [] },
    recent: [],
  };
  fill(estate, beginning);
  return estate;
}

function fill(estate: Estate, { files, folders, large, layout }: Omit<Beginning, 'sharedDrive'>): void {
  let pick = layout;
  const next = (): number => {
    pick = (pick * 1103515245 + 12345) % 0x80000000;
    return pick >>> 8;
  };
  for (let n = 0; n < folders; n++) doIt(estate, { kind: 'makeFolder', place: next() });
  for (let n = 0; n < files; n++) doIt(estate, { kind: 'add', place: next(), name: next() });
  doIt(estate, { kind: 'link', place: next(), to: 'file', item: next() });
  doIt(estate, { kind: 'link', place: next(), to: 'folder', item: next() });
  if (large) for (let n = 0; n < 2; n++) addShelf(estate, estate.root, 205);
  estate.recent.length = 0;
}

/**
 * Does one thing in Drive.
 *
 * @returns the item concerned and what was done, in words; undefined where it was not possible
 */
export function doIt(estate: Estate, operation: DriveOperation): { item: Item; said: string } | undefined {
  try {
    const done = perform(estate, operation);
    if (done) touch(estate, done.item.id);
    return done;
  } catch (error) {
    // A folder into itself, say: Drive refuses, and nothing has happened.
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

function perform(estate: Estate, operation: DriveOperation): { item: Item; said: string } | undefined {
  const { drive } = estate;
  switch (operation.kind) {
    case 'add': {
      const { name, mimeType } = fileName(operation.name);
      const parent = placeOf(estate, operation.place);
      const item = drive.addFile({ name, parent, mimeType });
      estate.made.file.push(item.id);
      return { item, said: `add file ${label(item)} to ${labelOf(estate, parent)}` };
    }
    case 'addShelf': {
      const item = addShelf(estate, placeOf(estate, operation.place), operation.count);
      return { item, said: `add folder ${label(item)} with ${operation.count} books to ${parentOf(item)}` };
    }
    case 'makeFolder': {
      const parent = placeOf(estate, operation.place);
      const item = drive.addFolder({ name: `Shelf ${estate.made.folder.length + 1}`, parent });
      estate.made.folder.push(item.id);
      return { item, said: `make folder ${label(item)} in ${labelOf(estate, parent)}` };
    }
    case 'link':
      return link(estate, operation);
    case 'edit': {
      const item = pick(estate, 'file', operation.item);
      if (!item) return undefined;
      drive.edit(item.id, operation.keepsTime ? { modifiedTime: item.modifiedMs } : {});
      return { item, said: `edit file ${label(item)}${operation.keepsTime ? ', keeping its time' : ''}` };
    }
    case 'rename': {
      const item = pick(estate, operation.what, operation.item);
      if (!item) return undefined;
      const before = label(item);
      const name =
        operation.what === 'file'
          ? newNameFor(item.mimeType, operation.name)
          : `${item.name.split('.')[0]}.${item.version}`;
      drive.rename(item.id, name);
      return { item, said: `rename ${operation.what} ${before} to "${item.name}"` };
    }
    case 'move': {
      const item = pick(estate, operation.what, operation.item);
      if (!item) return undefined;
      const from = parentOf(item);
      drive.move(item.id, placeOf(estate, operation.place));
      return { item, said: `move ${operation.what} ${label(item)} from ${from} to ${parentOf(item)}` };
    }
    case 'trash':
    case 'delete':
    case 'hide': {
      const item = pick(estate, operation.what, operation.item);
      if (!item || (operation.kind === 'trash' && item.explicitlyTrashed)) return undefined;
      if (operation.kind === 'hide' && item.explicitlyHidden) return undefined;
      const said = `${operation.kind} ${operation.what} ${label(item)} in ${parentOf(item)}`;
      drive[operation.kind](item.id);
      return { item, said };
    }
    case 'clear': {
      const folder = pick(estate, 'folder', operation.item);
      const files = folder?.children?.filter((item) => !item.isFolder && !item.explicitlyTrashed) ?? [];
      if (!folder || files.length === 0) return undefined;
      for (const { id } of [...files]) drive[operation.how](id);
      return { item: folder, said: `${operation.how} each of the ${files.length} files in ${label(folder)}` };
    }
    case 'untrash':
    case 'show': {
      const flag = operation.kind === 'show' ? 'explicitlyHidden' : 'explicitlyTrashed';
      const item = pickOf(
        estate,
        existing(estate).filter((one) => one[flag]),
        operation.item,
      );
      if (!item) return undefined;
      drive[operation.kind](item.id);
      return { item, said: `${operation.kind} ${label(item)} in ${parentOf(item)}` };
    }
    case 'view': {
      const item = pick(estate, 'file', operation.item);
      if (!item) return undefined;
      drive.view(item.id);
      return { item, said: `view file ${label(item)}` };
    }
    case 'root':
      return switchRoot(estate, operation);
  }
}

function link(
  estate: Estate,
  { place, to: wanted, item }: Extract<DriveOperation, { kind: 'link' }>,
): { item: Item; said: string } | undefined {
  const to = wanted === 'folder' && !(allowed.folderShortcuts && estate.folderLinks) ? 'file' : wanted;
  const parent = placeOf(estate, place);
  const name = `Link ${estate.made.shortcut.length + 1}`;
  const target =
    to === 'nothing' ? undefined : to === 'file' ? pick(estate, to, item) : folderOf(estate, item);
  if (!target && to !== 'nothing') return undefined;
  const made = estate.drive.addShortcut({
    name,
    parent,
    target: target?.id ?? `1nowhere-${estate.made.shortcut.length}`,
    targetMimeType: target?.mimeType ?? 'application/pdf',
  });
  estate.made.shortcut.push(made.id);
  const leads = target ? `${to} ${label(target)}` : 'nothing';
  return { item: made, said: `add shortcut ${label(made)} in ${labelOf(estate, parent)} to ${leads}` };
}

function switchRoot(
  { drive, root, above }: Estate,
  { how, above: isAbove }: Extract<DriveOperation, { kind: 'root' }>,
): { item: Item; said: string } | undefined {
  const item = drive.find(isAbove ? above : root);
  if (!item || (isAbove && !allowed.rootAwayFromAbove)) return undefined;
  const gone = how === 'hide' ? item.explicitlyHidden : item.explicitlyTrashed;
  const verb = gone ? ({ hide: 'show', trash: 'untrash' } as const)[how] : how;
  drive[verb](item.id);
  return { item, said: `${verb} ${isAbove ? 'the folder above the root' : 'the root'}` };
}

/** What has to be done for the root to be back in sight. */
export function rootBack({ drive, root, above }: Estate): Extract<DriveOperation, { kind: 'root' }>[] {
  return [false, true].flatMap((isAbove) => {
    const item = drive.find(isAbove ? above : root);
    const undo = (how: 'hide' | 'trash') => ({ kind: 'root' as const, how, above: isAbove });
    return [
      ...(item?.explicitlyHidden ? [undo('hide')] : []),
      ...(item?.explicitlyTrashed ? [undo('trash')] : []),
    ];
  });
}

function addShelf(estate: Estate, parent: string, count: number): Item {
  const { drive, made } = estate;
  const shelf = drive.addFolder({ name: `Shelf ${made.folder.length + 1}`, parent });
  made.folder.push(shelf.id);
  for (let n = 0; n < count; n++) {
    const { name, mimeType } = fileName(n % 128);
    made.file.push(drive.addFile({ name, parent: shelf.id, mimeType }).id);
  }
  return shelf;
}

function touch(estate: Estate, id: string): void {
  estate.recent = [id, ...estate.recent.filter((other) => other !== id)].slice(0, 16);
}

/** A name that tells items of one name apart. */
export function label(item: Item): string {
  return `"${item.name}" (${item.id.slice(1, 5)})`;
}

function labelOf({ drive }: Estate, id: string): string {
  const item = drive.find(id);
  return item ? label(item) : id;
}

function parentOf(item: Item): string {
  return item.parent ? label(item.parent) : 'nowhere';
}
