/** Simulates `auth` with the Drive emulator in place of Google and fetch in place of the browser. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { authorize } from '../../../functions/cli/auth/auth.ts';
import { CommandError } from '../../../functions/cli/shared/command-error.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import type { ConsentOptions } from '../../../functions/drive-emulator/oauth/consent.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../functions/drive-emulator/server.ts';

export const clientSecret = 'GOCSPX-secret-of-the-client';
const clientId = '4711-client.apps.googleusercontent.com';

/** A page that the browser shows. */
export interface Page {
  status: number;
  text: string;
}

export interface Attempt {
  driveEmulator: DriveEmulator;
  root: string;
  folder: string;
  /** `.env.dev` as it is now. */
  file(): Promise<string>;
  mode(): Promise<number>;
  /** Runs the flow. `person` does what the person does in the browser. */
  go(
    person?: (url: string) => Promise<Page[]>,
    more?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<Ended>;
}

export interface Ended {
  /** What `authorize` returned, or the error for the person. */
  outcome: boolean | CommandError;
  said: string;
  pages: Page[];
}

/** Sets everything up, with these lines in `.env.dev` (`@library` is replaced by the library's ID), and cleans up. */
export async function attempt(
  { lines = [], consent = {} }: { lines?: string[]; consent?: ConsentOptions },
  use: (attempt: Attempt) => Promise<void>,
): Promise<void> {
  const drive = new DriveModel();
  const folder = drive.addFolder({ name: 'Books', parent: 'root' }).id;
  const driveEmulator = await startDriveEmulator(drive, {
    oauth: { clientId, clientSecret, refreshToken: 'old', consent },
  });
  const root = await mkdtemp(path.join(tmpdir(), 'auth-test-'));
  const env = path.join(root, '.env.dev');
  const client = [`GOOGLE_CLIENT_ID=${clientId}`, `GOOGLE_CLIENT_SECRET=${clientSecret}`];
  const all = [...client, `GOOGLE_API_ROOT=${driveEmulator.url}`, ...lines].join('\n');
  await writeFile(env, `${all.replaceAll('@library', folder)}\n`);
  try {
    await use({
      driveEmulator,
      root,
      folder,
      file: () => readFile(env, 'utf8'),
      mode: async () => (await stat(env)).mode & 0o777,
      async go(person = allow, { timeoutMs = 20_000, signal = new AbortController().signal } = {}) {
        const said: string[] = [];
        let browsing: Promise<Page[]> = Promise.resolve([]);
        const browse = (url: string) => {
          browsing = person(url);
        };
        const say = (line: string) => said.push(line);
        const outcome = await authorize({ environment: 'dev', root, browse, say, signal, timeoutMs }).catch(
          (error) => {
            if (error instanceof CommandError) return error;
            throw error;
          },
        );
        return { outcome, said: said.join('\n'), pages: await browsing };
      },
    });
  } finally {
    await driveEmulator.close();
    await rm(root, { recursive: true });
  }
}

/** Opens the page and follows the redirect. */
export async function allow(url: string): Promise<Page[]> {
  return [await show(await sentTo(url))];
}

/** Returns the URL that the consent screen redirects to. */
export async function sentTo(url: string): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (response.status !== 302 || !location) throw new Error(`${response.status} ${await response.text()}`);
  return new URL(location);
}

export async function show(url: URL): Promise<Page> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
