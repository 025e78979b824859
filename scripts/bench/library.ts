/** Starts a library of synthetic books in another process (library-server.ts) and controls it. */
import { getFreePort } from '../../functions/cli/local-runtime/ports.ts';
import { startService } from './service.ts';

/** The OAuth client of the Drive emulator, which checks these credentials as Google would. */
export const oauth = {
  clientId: 'bench.apps.googleusercontent.com',
  clientSecret: 'bench-secret',
  refreshToken: 'bench-refresh-token',
  scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'],
};

/** The arguments of the library process. */
export interface LibraryOrder {
  books: number;
  folders: number;
  /** The port on which the benchmark controls it. */
  port: number;
  oauth: typeof oauth;
}

/** What the library process reports when it is ready. */
export interface LibraryFacts {
  /** The library's root folder. */
  root: string;
  /** The URL of the Drive emulator, for GOOGLE_API_ROOT. */
  url: string;
  control: string;
}

/** Requests to Drive and their quota units, as counted by the Drive emulator. */
export interface LibraryCalls {
  calls: number;
  units: number;
}

export interface BenchLibrary extends LibraryFacts {
  books: number;
  /** The number of folders, including the root. */
  folders: number;
  /** Changes this many books: new content or a new name, each with one entry in the changes feed. */
  change(books: number): Promise<void>;
  /** Returns the calls since the last `takeCalls`. */
  takeCalls(): Promise<LibraryCalls>;
  stop(): Promise<void>;
}

/**
 * Starts a library and waits until it can be listed.
 *
 * @param script the built library-server.ts
 * @throws Error if the process ends before it is ready
 */
export async function openLibrary(script: string, books: number, folders: number): Promise<BenchLibrary> {
  const order: LibraryOrder = { books, folders, port: await getFreePort(), oauth };
  const { facts, stop } = await startService<LibraryFacts>(script, order);

  async function request(path: string): Promise<LibraryCalls> {
    const response = await fetch(`${facts.control}${path}`);
    return (await response.json()) as LibraryCalls;
  }
  return {
    ...facts,
    books,
    folders: folders + 1,
    change: async (count) => {
      await request(`/change?books=${count}`);
    },
    takeCalls: () => request('/take'),
    stop,
  };
}
