import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';

/**
 * Hides this machine's Google credentials from a whole test file, and keeps it from looking for any on the network.
 */
export function withoutIdentity(): void {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(path.join(tmpdir(), 'no-identity-'));
    vi.stubEnv('CLOUDSDK_CONFIG', home);
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
    vi.stubEnv('GCE_METADATA_HOST', '127.0.0.1:9');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });
}
