/** Runs doctor's checks against a world. */
import type { Finding } from '../../../functions/cli/doctor/check.ts';
import { type ExamineOptions, examine } from '../../../functions/cli/doctor/doctor.ts';
import type { Settings } from '../../../functions/sync/core/config.ts';
import { openWorld, type World, type WorldOptions } from '../../support/world.ts';

/** The values of `.env.dev` for the checks. */
export const values = { PROJECT_ID: 'deploy-4711', REGION: 'europe-west1' };

/** Runs the checks against the world with these settings and returns the findings by check. */
export async function look(
  world: World,
  settings: Partial<Settings> = {},
  options: ExamineOptions & { host?: string | null; values?: Record<string, string> } = {},
): Promise<Map<string, Finding>> {
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  const host = options.host === undefined ? world.firestoreHost : options.host;
  // The client reads the variable when it is created, which is before the first await.
  if (host === null) delete process.env.FIRESTORE_EMULATOR_HOST;
  else process.env.FIRESTORE_EMULATOR_HOST = host;
  const run = {
    settings: { ...world.settings, ...settings },
    identity: 'oauth' as const,
    values: options.values ?? values,
  };
  const examined = examine('dev', run, { retryMs: 1, ...options });
  process.env.FIRESTORE_EMULATOR_HOST = emulator;
  return new Map((await examined).map((finding) => [finding.check, finding]));
}

/** Opens a world, passes it to `use`, and closes it. */
export async function withWorld(
  use: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const world = await openWorld(options);
  try {
    await use(world);
  } finally {
    await world.close();
  }
}
