import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { DriveModel } from '../../functions/drive-emulator/model/drive.ts';
import {
  type DriveEmulator,
  type DriveEmulatorOptions,
  startDriveEmulator,
} from '../../functions/drive-emulator/server.ts';

/** Google's own client, connected to the emulator with a new access token. It never retries. */
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
  /** The body as JSON. Null if the body is not JSON. */
  readonly json: unknown;
  /** For an error: `reason`, or `reason@location` if the error has a location. */
  readonly reason: string | null;
}

/** Sends a GET request to a path below `/drive/v3/`. */
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

/** Starts a Drive emulator, runs the function, and closes the emulator even if the function throws. */
export async function withDriveEmulator(
  drive: DriveModel,
  run: (driveEmulator: DriveEmulator) => Promise<void>,
  options: DriveEmulatorOptions = {},
): Promise<void> {
  const driveEmulator = await startDriveEmulator(drive, options);
  try {
    await run(driveEmulator);
  } finally {
    await driveEmulator.close();
  }
}
