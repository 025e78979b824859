/**
 * The workspace of a history: the simulated Drive with the library folder and the folders around it, and every change
 * that people can make in it.
 */
import { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import type { Item } from '../../functions/drive-emulator/model/item.ts';
import { DriveModelError } from '../../functions/drive-emulator/model/new-item.ts';
import { allowed } from './findings.ts';
import { fileName, newNameFor } from './names.ts';
import type { DriveOperation, InitialState, ItemKind } from './operations.ts';
import { existingItems, folderOf, pick, pickOf, placeOf } from './picking.ts';

export interface Workspace {
  drive: DriveModel;
  /** ID of the library's root folder. */
  root: string;
  /** ID of the folder above the root. */
  above: string;
  /** ID of a folder outside the library, in the same drive. */
  outside: string;
  /** ID of the top folder of another drive. */
  otherDrive: string;
  /** Whether shortcuts may point to folders. */
  folderShortcuts: boolean;
  /** IDs of all items ever created, in order, including deleted ones. */
  created: Record<ItemKind, string[]>;
  /** IDs of recently changed items, newest first. Operations prefer them, so that several in a row change one item. */
  recent: string[];
}

export function openWorkspace({ sharedDrive, ...initial }: InitialState, seed: string): Workspace {
  const drive = new DriveModel({ seed });
  const shared = drive.addSharedDrive({ name: 'Shared' }).id;
  const [home, otherDrive] = sharedDrive ? [shared, 'root'] : ['root', shared];
  const above = drive.addFolder({ name: 'Above', parent: home }).id;
  const root = drive.addFolder({ name: 'Books', parent: above }).id;
  const outside = drive.addFolder({ name: 'Outside', parent: home }).id;
  const workspace: Workspace = {
    drive,
    root,
    above,
    outside,
    folderShortcuts: initial.folderShortcuts,
    otherDrive: drive.find(otherDrive)?.id ?? otherDrive,
    created: { file: [], folder: [], shortcut: [] },
    recent: [],
  };
  fill(workspace, initial);
  return workspace;
}

function fill(
  workspace: Workspace,
  { files, folders, large, layout }: Omit<InitialState, 'sharedDrive'>,
): void {
  let pick = layout;
  const next = (): number => {
    pick = (pick * 1103515245 + 12345) % 0x80000000;
    return pick >>> 8;
  };
  for (let n = 0; n < folders; n++) changeDrive(workspace, { kind: 'addFolder', place: next() });
  for (let n = 0; n < files; n++) changeDrive(workspace, { kind: 'add', place: next(), name: next() });
  changeDrive(workspace, { kind: 'addShortcut', place: next(), to: 'file', item: next() });
  changeDrive(workspace, { kind: 'addShortcut', place: next(), to: 'folder', item: next() });
  if (large) for (let n = 0; n < 2; n++) addFolderOfBooks(workspace, workspace.root, 205);
  workspace.recent.length = 0;
}

/**
 * Makes one change in Drive.
 *
 * @returns the changed item and a description for the log; undefined if the change was not possible
 */
export function changeDrive(
  workspace: Workspace,
  operation: DriveOperation,
): { item: Item; description: string } | undefined {
  try {
    const done = perform(workspace, operation);
    if (done) touch(workspace, done.item.id);
    return done;
  } catch (error) {
    // Drive rejects some changes, such as moving a folder into itself. Nothing has changed then.
    if (error instanceof DriveModelError) return undefined;
    throw error;
  }
}

function perform(
  workspace: Workspace,
  operation: DriveOperation,
): { item: Item; description: string } | undefined {
  const { drive } = workspace;
  switch (operation.kind) {
    case 'add': {
      const { name, mimeType } = fileName(operation.name);
      const parent = placeOf(workspace, operation.place);
      const item = drive.addFile({ name, parent, mimeType });
      workspace.created.file.push(item.id);
      return { item, description: `add file ${label(item)} to ${labelOf(workspace, parent)}` };
    }
    case 'addFolderOfBooks': {
      const item = addFolderOfBooks(workspace, placeOf(workspace, operation.place), operation.count);
      return {
        item,
        description: `add folder ${label(item)} with ${operation.count} books to ${parentOf(item)}`,
      };
    }
    case 'addFolder': {
      const parent = placeOf(workspace, operation.place);
      const item = drive.addFolder({ name: `Folder ${workspace.created.folder.length + 1}`, parent });
      workspace.created.folder.push(item.id);
      return { item, description: `add folder ${label(item)} to ${labelOf(workspace, parent)}` };
    }
    case 'addShortcut':
      return addShortcut(workspace, operation);
    case 'edit': {
      const item = pick(workspace, 'file', operation.item);
      if (!item) return undefined;
      drive.edit(item.id, operation.keepsTime ? { modifiedTime: item.modifiedMs } : {});
      return {
        item,
        description: `edit file ${label(item)}${operation.keepsTime ? ', keeping its modification time' : ''}`,
      };
    }
    case 'rename': {
      const item = pick(workspace, operation.what, operation.item);
      if (!item) return undefined;
      const before = label(item);
      const name =
        operation.what === 'file'
          ? newNameFor(item.mimeType, operation.name)
          : `${item.name.split('.')[0]}.${item.version}`;
      drive.rename(item.id, name);
      return { item, description: `rename ${operation.what} ${before} to "${item.name}"` };
    }
    case 'move': {
      const item = pick(workspace, operation.what, operation.item);
      if (!item) return undefined;
      const from = parentOf(item);
      drive.move(item.id, placeOf(workspace, operation.place));
      return { item, description: `move ${operation.what} ${label(item)} from ${from} to ${parentOf(item)}` };
    }
    case 'trash':
    case 'delete':
    case 'hide': {
      const item = pick(workspace, operation.what, operation.item);
      if (!item || (operation.kind === 'trash' && item.explicitlyTrashed)) return undefined;
      if (operation.kind === 'hide' && item.explicitlyHidden) return undefined;
      const description = `${operation.kind} ${operation.what} ${label(item)} in ${parentOf(item)}`;
      drive[operation.kind](item.id);
      return { item, description };
    }
    case 'clear': {
      const folder = pick(workspace, 'folder', operation.item);
      const files = folder?.children?.filter((item) => !item.isFolder && !item.explicitlyTrashed) ?? [];
      if (!folder || files.length === 0) return undefined;
      for (const { id } of [...files]) drive[operation.how](id);
      return {
        item: folder,
        description: `${operation.how} each of the ${files.length} files in ${label(folder)}`,
      };
    }
    case 'untrash':
    case 'show': {
      const flag = operation.kind === 'show' ? 'explicitlyHidden' : 'explicitlyTrashed';
      const item = pickOf(
        workspace,
        existingItems(workspace).filter((one) => one[flag]),
        operation.item,
      );
      if (!item) return undefined;
      drive[operation.kind](item.id);
      return { item, description: `${operation.kind} ${label(item)} in ${parentOf(item)}` };
    }
    case 'view': {
      const item = pick(workspace, 'file', operation.item);
      if (!item) return undefined;
      drive.view(item.id);
      return { item, description: `view file ${label(item)}` };
    }
    case 'root':
      return toggleRoot(workspace, operation);
  }
}

function addShortcut(
  workspace: Workspace,
  { place, to: wanted, item }: Extract<DriveOperation, { kind: 'addShortcut' }>,
): { item: Item; description: string } | undefined {
  const to = wanted === 'folder' && !(allowed.folderShortcuts && workspace.folderShortcuts) ? 'file' : wanted;
  const parent = placeOf(workspace, place);
  const name = `Shortcut ${workspace.created.shortcut.length + 1}`;
  const target =
    to === 'nothing' ? undefined : to === 'file' ? pick(workspace, to, item) : folderOf(workspace, item);
  if (!target && to !== 'nothing') return undefined;
  const shortcut = workspace.drive.addShortcut({
    name,
    parent,
    target: target?.id ?? `1missing-${workspace.created.shortcut.length}`,
    targetMimeType: target?.mimeType ?? 'application/pdf',
  });
  workspace.created.shortcut.push(shortcut.id);
  const pointsTo = target ? `${to} ${label(target)}` : 'nothing';
  const where = labelOf(workspace, parent);
  return {
    item: shortcut,
    description: `add shortcut ${label(shortcut)} to ${where}, pointing to ${pointsTo}`,
  };
}

function toggleRoot(
  { drive, root, above }: Workspace,
  { how, above: isAbove }: Extract<DriveOperation, { kind: 'root' }>,
): { item: Item; description: string } | undefined {
  const item = drive.find(isAbove ? above : root);
  if (!item || (isAbove && !allowed.hidingAboveRoot)) return undefined;
  const isUndo = how === 'hide' ? item.explicitlyHidden : item.explicitlyTrashed;
  const verb = isUndo ? ({ hide: 'show', trash: 'untrash' } as const)[how] : how;
  drive[verb](item.id);
  return { item, description: `${verb} ${isAbove ? 'the folder above the root' : 'the root'}` };
}

/** The operations that make the root accessible again. */
export function operationsToRestoreRoot({
  drive,
  root,
  above,
}: Workspace): Extract<DriveOperation, { kind: 'root' }>[] {
  return [false, true].flatMap((isAbove) => {
    const item = drive.find(isAbove ? above : root);
    const undo = (how: 'hide' | 'trash') => ({ kind: 'root' as const, how, above: isAbove });
    return [
      ...(item?.explicitlyHidden ? [undo('hide')] : []),
      ...(item?.explicitlyTrashed ? [undo('trash')] : []),
    ];
  });
}

function addFolderOfBooks(workspace: Workspace, parent: string, count: number): Item {
  const { drive, created } = workspace;
  const folder = drive.addFolder({ name: `Folder ${created.folder.length + 1}`, parent });
  created.folder.push(folder.id);
  for (let n = 0; n < count; n++) {
    const { name, mimeType } = fileName(n % 128);
    created.file.push(drive.addFile({ name, parent: folder.id, mimeType }).id);
  }
  return folder;
}

function touch(workspace: Workspace, id: string): void {
  workspace.recent = [id, ...workspace.recent.filter((other) => other !== id)].slice(0, 16);
}

/** The name and a part of the ID, because several items may have the same name. */
export function label(item: Item): string {
  return `"${item.name}" (${item.id.slice(1, 5)})`;
}

function labelOf({ drive }: Workspace, id: string): string {
  const item = drive.find(id);
  return item ? label(item) : id;
}

function parentOf(item: Item): string {
  return item.parent ? label(item.parent) : 'no folder';
}
