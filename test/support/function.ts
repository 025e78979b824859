/** Runs the built bundle in its own process against a test environment. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildBundle } from '../../functions/bundle.ts';
import { type FunctionProcess, startFunction } from '../../functions/cli/local-runtime/function-process.ts';
import { readLogLine } from '../../functions/cli/shared/show.ts';
import type { LogEntry } from '../../functions/sync/core/logs.ts';
import type { World } from './world.ts';

/** Builds the bundle into a new directory below the project, where it finds the Functions Framework. */
export async function buildForTest(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(path.join(cache, 'bundle-'));
  await buildBundle(directory);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

export interface Deployed extends FunctionProcess {
  entries: LogEntry[];
  /** Every line of output, including lines that are not log entries. */
  lines: string[];
  /** Waits for this many log entries of an event (default: 1). */
  waitFor(event: string, count?: number): Promise<LogEntry[]>;
}

/** The environment variables that make the function use this test environment. */
export function environmentOf({ settings, driveEmulator }: World): Record<string, string> {
  if (settings.driveIdentity.kind !== 'oauth') throw new Error('The test environment has no OAuth identity');
  return {
    GOOGLE_DRIVE_FOLDER_ID: settings.folder.id,
    FIREBASE_PROJECT_ID: settings.projectId,
    GOOGLE_CLIENT_ID: settings.driveIdentity.clientId,
    GOOGLE_CLIENT_SECRET: settings.driveIdentity.clientSecret,
    GOOGLE_REFRESH_TOKEN: settings.driveIdentity.refreshToken,
    GOOGLE_API_ROOT: driveEmulator.url,
    FIRESTORE_EMULATOR_HOST: process.env.FIRESTORE_EMULATOR_HOST ?? '',
  };
}

/** Starts the bundle with these environment variables. */
export async function deploy(
  source: string,
  environment: Record<string, string>,
  node?: string,
): Promise<Deployed> {
  const entries: LogEntry[] = [];
  const lines: string[] = [];
  function onLine(line: string): void {
    lines.push(line);
    const entry = readLogLine(line);
    if (entry) entries.push(entry);
  }
  const running = await startFunction({
    environment,
    source,
    onLine,
    ...(node === undefined ? {} : { node }),
  });
  return {
    ...running,
    entries,
    lines,
    async waitFor(event, count = 1) {
      for (let waited = 0; waited < 20_000; waited += 20) {
        const found = entries.filter((entry) => entry.event === event);
        if (found.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(
        `Timed out waiting for ${count} x ${event}. Output of the function:\n${lines.join('\n')}`,
      );
    },
  };
}
