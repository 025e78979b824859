/**
 * Makes a dry run in a test environment, and records its Firestore calls and whether anything in Firestore changed.
 */
import { dryRun } from '../../functions/cli/sync/dry-run.ts';
import type { PlanDocument } from '../../functions/cli/sync/plan-document.ts';
import type { Settings } from '../../functions/sync/core/config.ts';
import { createRedactor } from '../../functions/sync/core/redact.ts';
import type { RunRequest } from '../../functions/sync/trigger/event.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import type { World } from './world.ts';

export interface WatchedPlan {
  plan: PlanDocument;
  /** The method names of the Firestore calls. */
  calls: string[];
}

/** All Firestore documents of a test environment, each with the time of its last write. */
export async function everythingIn({ firestore, settings }: World): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const collection of [settings.collection, settings.stateCollection])
    for (const document of (await firestore.collection(collection).get()).docs)
      found[document.ref.path] = [document.updateTime.toDate().toISOString(), document.data()];
  return found;
}

/**
 * Makes a dry run and records its Firestore calls.
 * @throws any error of the dry run
 */
export async function planIn(
  world: World,
  request: RunRequest = plainRequest,
  more: Partial<Settings> = {},
): Promise<WatchedPlan> {
  const calls: string[] = [];
  const before = world.judge;
  world.judge = async (call) => {
    calls.push(call.method);
    return before ? before(call) : 'pass';
  };
  const emulator = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = world.firestoreHost;
  const planning = dryRun(request, {
    environment: 'dev',
    settings: { ...world.settings, ...more },
    redact: createRedactor([]),
    retryBaseMs: 5,
  });
  process.env.FIRESTORE_EMULATOR_HOST = emulator;
  try {
    return { plan: await planning, calls };
  } finally {
    world.judge = before;
  }
}

/** The Firestore methods that only read. */
export const reads: readonly string[] = ['BatchGetDocuments', 'RunQuery', 'RunAggregationQuery'];
