/** Opens a library of made-up books in another process (library-server.ts), and speaks with it. */
import { getFreePort } from '../../functions/cli/local-runtime/ports.ts';
import { startService } from './service.ts';

/** The sandbox's client; it checks these as Google would. */
export const oauth = {
  clientId: 'bench.apps.googleusercontent.com',
  clientSecret: 'bench-secret',
  refreshToken: 'bench-refresh-token',
  scopes: ['https://www.googleapis.com/auth/drive.metadata.readonly'],
};

/** What the other process is told. */
export interface LibraryOrder {
  books: number;
  folders: number;
  /** Where it takes the orders of the bench. */
  port: number;
  oauth: typeof oauth;
}

/** What it answers when it is ready. */
export interface LibraryFacts {
  /** The library's root folder. */
  root: string;
  /** The sandbox, as GOOGLE_API_ROOT wants it. */
  url: string;
  control: string;
}

/** Requests to Drive, counted by the sandbox, and their quota units. */
export interface LibraryCalls {
  calls: number;
  units: number;
}

export interface BenchLibrary extends LibraryFacts {
  books: number;
  /** Folders with the root. */
  folders: number;
  /** Changes so many books: new content or a new name, one entry of the changes feed each. */
  change(books: number): Promise<void>;
  /** The calls since the last time they were taken. */
  takeCalls(): Promise<LibraryCalls>;
  stop(): Promise<void>;
}

/**
 * Opens a library and waits until it can be listed.
 *
 * @param script the built library-server.ts
 * @throws Error where the process ends before it is ready
 */
export async function openLibrary(script: string, books: number, folders: number): Promise<BenchLibrary> {
  const order: LibraryOrder = { books, folders, port: await getFreePort(), oauth };
  const { facts, stop } = await startService<LibraryFacts>(script, order);

  async function ask(question: string): Promise<LibraryCalls> {
    const answer = await fetch(`${facts.control}${question}`);
    return (await answer.json()) as LibraryCalls;
  }
  return {
    ...facts,
    books,
    folders: folders + 1,
    change: async (count) => {
      await ask(`/change?books=${count}`);
    },
    takeCalls: () => ask('/take'),
    stop,
  };
}
