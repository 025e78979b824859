/**
 * The runs in which faults are injected: an import, an import that reads the books, an incremental run, a reconcile,
 * and a run that conflicts with a person's edit.
 */
import type { DocumentData } from 'firebase-admin/firestore';
import { writePdf } from '../../functions/drive-emulator/sample/pdf.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import { openWorld, reconcileRequest, type World } from '../support/world.ts';

export interface Scenario {
  name: string;
  request: RunRequest;
  /** The number of additional books, for a plan that takes several commits. */
  extraBooks?: number;
  /** Use a library of books whose names carry no metadata, so that the run reads their content. */
  reads?: boolean;
  /**
   * What changes between the run that creates the catalog and the run with faults. Undefined: there is no catalog
   * yet.
   */
  change?: (world: World, ids: Ids) => void;
  /** What another writer does when the run is about to write for the first time. */
  meddle?: (world: World, ids: Ids) => Promise<unknown>;
}

type Ids = Record<string, string>;

/** Small pages, so that every list has several pages, and each kind of call has a first, a middle and a last call. */
const pages = { shortPages: [2] };

/**
 * A library with everything a listing can find: subfolders, shortcuts to a file and a folder, files that are not
 * books.
 */
function fill({ drive, root }: World): Ids {
  const folder = (name: string, parent: string) => drive.addFolder({ name, parent }).id;
  const book = (name: string, parent: string) => drive.addFile({ name: `${name} (1999).pdf`, parent }).id;
  const [a, elsewhere] = [folder('a', root), folder('elsewhere', 'root')];
  const b = folder('b', a);
  const ids = {
    elsewhere,
    renamed: book('Renamed - Ann Author', root),
    edited: book('Edited - Ben Author', root),
    trashed: book('Trashed - Cem Author', a),
    movedOut: book('Moved Out - Dan Author', b),
    movedIn: book('Moved In - Eve Author', 'root'),
    lent: book('Lent - Fay Author', 'root'),
    a,
    b,
  };
  for (const name of ['Stays - Gus Author', 'Stays Too - Hal Author']) book(name, b);
  for (const name of ['Far - Ida Author', 'Further - Jan Author']) book(name, elsewhere);
  drive.addFile({ name: 'cover.png', mimeType: 'image/png', parent: a });
  drive.addShortcut({ name: 'to a folder', parent: root, target: elsewhere });
  drive.addShortcut({ name: 'to a file', parent: a, target: ids.lent });
  return ids;
}

/**
 * Books whose metadata is only in their content. They are longer than one download, so their end is downloaded first.
 */
function fillUnnamed({ drive, root }: World): Ids {
  for (const [index, title] of ['Emma', 'Persuasion'].entries()) {
    const lines = Array.from({ length: 3_000 }, (_, line) => `${title}, line ${line} of the text`);
    const content = writePdf({ lines, info: { title, author: 'Jane Austen' }, xmp: null });
    drive.addFile({ name: `scan000${index}.pdf`, parent: root, content });
  }
  return {};
}

/** Adds, updates, removals and a new folder. */
function change({ drive, root }: World, ids: Ids): void {
  const of = (name: string) => ids[name] ?? '';
  drive.rename(of('renamed'), 'New Name - Ann Author (1999).pdf');
  drive.edit(of('edited'), { content: 'other' });
  drive.trash(of('trashed'));
  drive.move(of('movedOut'), 'root');
  drive.move(of('movedIn'), of('b'));
  drive.addFile({ name: 'New - Kim Author (2001).pdf', parent: root });
  const fresh = drive.addFolder({ name: 'new', parent: of('a') }).id;
  for (const name of ['One - Lea Author.pdf', 'Two - Max Author.pdf', 'Three - Ned Author.pdf'])
    drive.addFile({ name, parent: fresh });
}

export const importing: Scenario = { name: 'an import', request: plainRequest };
/** Each of its books takes several downloads, so that there is a first, a middle and a last one. */
export const reading: Scenario = {
  name: 'an import that reads the books',
  request: plainRequest,
  reads: true,
};
export const largeImport: Scenario = {
  name: 'an import in two commits',
  request: plainRequest,
  extraBooks: 400,
};
export const incremental: Scenario = { name: 'an incremental run', request: plainRequest, change };
export const reconciling: Scenario = { name: 'a reconcile', request: reconcileRequest, change };
/** The incremental run, with a conflict to resolve. */
export const conflicting: Scenario = {
  name: 'a run that conflicts with an edit',
  request: plainRequest,
  change,
  meddle: ({ firestore, settings }, ids) =>
    firestore
      .collection(settings.collection)
      .doc(ids.renamed ?? '')
      .update({ author: 'A Person' }),
};

export interface Stage {
  world: World;
  /** The ids of the books that the run may remove from the catalog. */
  mayLeave: ReadonlySet<string>;
  /** Acts as the scenario's other writer. Must be called for each Firestore request. */
  meddle(method: string): Promise<void>;
}

/** What the run before a scenario's run leaves. It is the same for all scenarios, so it is made once and copied. */
let before: Promise<{ books: Map<string, DocumentData>; checkpoint: DocumentData | undefined }> | undefined;

async function runBefore(): Promise<NonNullable<Awaited<typeof before>>> {
  const world = await openLibrary();
  try {
    fill(world);
    await world.run();
    return { books: await world.books(), checkpoint: await world.checkpoint() };
  } finally {
    await world.close();
  }
}

async function openLibrary(reads = false): Promise<World> {
  let seconds = 0;
  const world = await openWorld({
    drive: { now: () => new Date(1_600_000_000_000 + 1_000 * seconds++) },
    ...(reads
      ? {
          settings: { embeddedMetadata: 'fill' },
          scopes: ['https://www.googleapis.com/auth/drive.readonly'],
        }
      : {}),
  });
  Object.assign(world.driveEmulator.behavior, pages);
  return world;
}

/**
 * Opens a test environment that is ready for the scenario's run; always the same, except for Firestore's timestamps.
 */
export async function stage(scenario: Scenario): Promise<Stage> {
  const world = await openLibrary(scenario.reads);
  const { firestore, settings, root } = world;
  const ids = scenario.reads ? fillUnnamed(world) : fill(world);
  if (scenario.extraBooks) {
    world.driveEmulator.behavior.shortPages = [];
    world.addBooks(scenario.extraBooks);
  }
  if (scenario.change) {
    before ??= runBefore();
    const { books, checkpoint } = await before;
    const batch = firestore.batch();
    for (const [id, fields] of books) batch.set(firestore.collection(settings.collection).doc(id), fields);
    batch.set(firestore.collection(settings.stateCollection).doc(root), checkpoint ?? {});
    await batch.commit();
    scenario.change(world, ids);
  }
  let meddled = false;
  return {
    world,
    mayLeave: new Set(scenario.change ? [ids.trashed ?? '', ids.movedOut ?? ''] : []),
    async meddle(method) {
      if (method !== 'Commit' || meddled) return;
      meddled = true;
      await scenario.meddle?.(world, ids);
    },
  };
}

/** The catalog without Firestore's timestamps, as text for comparison. */
export async function catalogOf(world: World): Promise<Map<string, string>> {
  const plain = ({ added_date, updated_date, removed_date, ...fields }: DocumentData) =>
    JSON.stringify({ ...sorted(fields), added: !!added_date, updated: !!updated_date, gone: !!removed_date });
  return new Map([...(await world.books())].map(([id, fields]) => [id, plain(fields)]));
}

function sorted(value: unknown): object {
  const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      item !== null && typeof item === 'object' && !Array.isArray(item) ? sorted(item) : item,
    ]),
  );
}
