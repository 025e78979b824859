import type { DriveModel } from './drive.ts';
import { IdSource } from './ids.ts';

export interface SyntheticLibrary {
  readonly books: number;
  /** Folders below `root`; default 1 for each 100 books. 0 puts all books into `root`. */
  readonly folders?: number;
  /** Names, times and places of the books depend on it; ids come from the drive's own seed. */
  readonly seed?: string;
}

const SUBJECTS = 'Algebra Astronomy Biology Chemistry Drawing Ecology Geometry Grammar History Music'.split(
  ' ',
);
const SHAPES = ['Introduction to', 'Lessons in', 'A Short', 'The Art of', 'Practical', 'Further'];
const SURNAMES =
  'Abara Bianchi Castro Dlamini Eriksson Farouk Garcia Haddad Ivanov Jensen Kimura Lopez'.split(' ');
const FIRST_YEAR_MS = Date.UTC(2015, 0, 1);
const SECONDS_IN_TEN_YEARS = 315_360_000;

/**
 * Fills a folder with made-up books, for benches: fast, small, and without a trace in the changes feed. Folders
 * nest eight to one; book n is called like `Lessons in Biology 42 - N. Jensen (1987).pdf`.
 * @returns the ids of the folders made, `root` first.
 */
export function fillLibrary(drive: DriveModel, root: string, library: SyntheticLibrary): readonly string[] {
  const random = new IdSource(library.seed ?? 'library');
  const folderCount = library.folders ?? Math.ceil(library.books / 100);
  return drive.withoutFeed(() => {
    const folders = [root];
    for (let n = 1; n <= folderCount; n++) {
      const parent = folders[Math.floor((n - 1) / 8)] as string;
      folders.push(drive.addFolder({ name: `Shelf ${n}`, parent, createdTime: FIRST_YEAR_MS }).id);
    }
    for (let n = 1; n <= library.books; n++) {
      const parent = folderCount === 0 ? root : (folders[1 + (random.nextInt() % folderCount)] as string);
      addBook(drive, parent, n, random);
    }
    return folders;
  });
}

function addBook(drive: DriveModel, parent: string, n: number, random: IdSource): void {
  const pick = random.nextInt();
  const shape = SHAPES[pick % SHAPES.length] as string;
  const subject = SUBJECTS[(pick >>> 4) % SUBJECTS.length] as string;
  const surname = SURNAMES[(pick >>> 8) % SURNAMES.length] as string;
  const initial = String.fromCharCode(65 + ((pick >>> 12) % 26));
  const year = 1900 + ((pick >>> 16) % 125);
  const isEpub = pick % 5 === 0;
  const name = `${shape} ${subject} ${n} - ${initial}. ${surname} (${year}).${isEpub ? 'epub' : 'pdf'}`;
  const time = FIRST_YEAR_MS + (random.nextInt() % SECONDS_IN_TEN_YEARS) * 1000;
  drive.addFile({
    // A round trip through bytes gives a flat string; the parts of a joined one would stay in memory.
    name: Buffer.from(name, 'latin1').toString('latin1'),
    parent,
    mimeType: isEpub ? 'application/epub+zip' : 'application/pdf',
    size: 10_000 + (pick >>> 5),
    createdTime: time,
    modifiedTime: time,
  });
}
