import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { SandboxDrive } from '../../functions/drive-emulator/model/drive.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../functions/drive-emulator/server.ts';

/** Google's own client, speaking to the sandbox with a token of its own; it never retries. */
export function googleClient(sandbox: Sandbox): drive_v3.Drive {
  return new drive_v3.Drive({
    rootUrl: `${sandbox.url}/`,
    headers: { authorization: `Bearer ${sandbox.issueToken()}` },
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
  sandbox: Sandbox,
  path: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(`${sandbox.url}/drive/v3/${path}`, {
    headers: { authorization: `Bearer ${sandbox.issueToken()}`, ...headers },
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
  drive: SandboxDrive,
  run: (sandbox: Sandbox) => Promise<void>,
  options: SandboxOptions = {},
): Promise<void> {
  const sandbox = await startSandbox(drive, options);
  try {
    await run(sandbox);
  } finally {
    await sandbox.close();
  }
}
