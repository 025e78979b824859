import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import {
  type DriveEmulator,
  type SandboxOptions,
  startDriveEmulator,
} from '../../functions/drive-emulator/server.ts';

/** Google's own client, speaking to the sandbox with a token of its own; it never retries. */
export function googleClient(driveEmulator: DriveEmulator): drive_v3.Drive {
  return new drive_v3.Drive({
    rootUrl: `${driveEmulator.url}/`,
    headers: { authorization: `Bearer ${driveEmulator.issueToken()}` },
    retry: false,
  });
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; null if it is none. */
  readonly json: unknown;
  /** Of an error body: `reason`, or `reason@location` if it points somewhere. */
  readonly reason: string | null;
}

/** A raw GET below `/drive/v3/`. */
export async function get(
  driveEmulator: DriveEmulator,
  path: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(`${driveEmulator.url}/drive/v3/${path}`, {
    headers: { authorization: `Bearer ${driveEmulator.issueToken()}`, ...headers },
  });
  const json = parseJson(await response.text());
  return { status: response.status, headers: response.headers, json, reason: reasonOf(json) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(json: unknown): string | null {
  const body = json as { error?: { errors?: { reason: string; location?: string }[] } } | null;
  const [first] = body?.error?.errors ?? [];
  if (first === undefined) return null;
  return first.location === undefined ? first.reason : `${first.reason}@${first.location}`;
}

/** Runs with a sandbox that is closed afterwards, whatever happens. */
export async function withSandbox(
  drive: DriveModel,
  run: (driveEmulator: DriveEmulator) => Promise<void>,
  options: SandboxOptions = {},
): Promise<void> {
  const driveEmulator = await startDriveEmulator(drive, options);
  try {
    await run(driveEmulator);
  } finally {
    await driveEmulator.close();
  }
}
