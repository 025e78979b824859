/**
 * A case of the fault suite: one fault at one call of one run, and what must hold regardless of what happens then.
 */
import { SyncError } from '../../functions/sync/core/errors.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import { reconcileRequest } from '../support/world.ts';
import { catalogOf, type Scenario, type Stage, stage } from './scenarios.ts';

/** How a run may end: completed, or with an error of this class. */
export type Ending = 'completed' | 'DriveScanError' | 'AuthenticationError' | 'CatalogError' | 'ConfigError';

export interface Case {
  name: string;
  scenario: Scenario;
  /** Adds the fault. Returns a function that counts how often the fault has hit. */
  plant: (stage: Stage) => () => number;
  ends: readonly Ending[];
  /**
   * Set if Drive's response is wrong in a way that cannot be detected, such as a file without a checksum. The catalog
   * then reflects the wrong response, and only the daily reconcile can correct it. A wrong response never removes a
   * book.
   */
  lie?: boolean;
  /**
   * Set if a book's content could not be read. The run does not fail: the book gets its title from the file name.
   * `later`: the daily reconcile corrects it. `never`: Drive said that this file cannot be read, which the sync
   * assumes for this book until its content changes.
   */
  unread?: 'later' | 'never';
  /** The timeout of a call; short if the fault is a missing response. */
  callTimeoutMs?: number;
  /** The first delay before a retry, if it matters. */
  retryBaseMs?: number;
}

/** The calls that a scenario's run makes without faults, and the resulting catalog. */
export interface CleanRun {
  /** The number of Drive calls by method, including calls to the token endpoint. */
  drive: Partial<Record<string, number>>;
  firestore: string[];
  catalog: Map<string, string>;
}

const cleanRuns = new Map<Scenario, Promise<CleanRun>>();

/** Runs a scenario without a fault. */
export function cleanRun(scenario: Scenario): Promise<CleanRun> {
  const known = cleanRuns.get(scenario) ?? runClean(scenario);
  cleanRuns.set(scenario, known);
  return known;
}

async function runClean(scenario: Scenario): Promise<CleanRun> {
  const { world, meddle } = await stage(scenario);
  const firestore: string[] = [];
  world.judge = async ({ method }) => {
    firestore.push(method);
    await meddle(method);
    return 'pass' as const;
  };
  try {
    await world.run(scenario.request);
    return { drive: world.driveEmulator.calls.byMethod(), firestore, catalog: await catalogOf(world) };
  } finally {
    await world.close();
  }
}

/** Runs a case and returns the problems found. */
async function tryCase(given: Case): Promise<string[]> {
  const { scenario, lie = false, unread } = given;
  const wanted = (await cleanRun(scenario)).catalog;
  const staged = await stage(scenario);
  const { world, meddle } = staged;
  const wrong: string[] = [];
  const complain = (what: string) => wrong.push(`${scenario.name}, ${given.name}: ${what}`);
  try {
    world.judge = async ({ method }) => {
      await meddle(method);
      return 'pass' as const;
    };
    const before = await catalogOf(world);
    const token = (await world.checkpoint())?.pageToken;
    const hits = given.plant(staged);
    const { callTimeoutMs, retryBaseMs = 1 } = given;
    const options = { retryBaseMs, ...(callTimeoutMs ? { callTimeoutMs } : {}) };
    const ending = await world.run(scenario.request, { runSeconds: 60 }, options).then(
      ({ kind }) => kind,
      (error: unknown) => error,
    );
    if (hits() === 0) complain('the fault was not injected');
    const name = ending instanceof SyncError ? ending.name : String(ending);
    if (!(given.ends as readonly string[]).includes(name)) complain(`ended with ${describe(ending)}`);
    if (ending instanceof SyncError && ending.hint.length < 20) complain('the error has no hint');

    const after = await catalogOf(world);
    for (const id of leavers(before, after))
      if (!staged.mayLeave.has(id)) complain(`removed ${id} by mistake`);
    const moved = (await world.checkpoint())?.pageToken;
    const isTrue = sameCatalog(after, wanted) || (unread !== undefined && isNamed(after, wanted));
    if (!lie && moved !== token && moved !== null && !isTrue)
      complain('the checkpoint is ahead of the catalog');
    if (!lie && ending === 'completed' && !isTrue) complain('completed, but the catalog is wrong');

    world.driveEmulator.faults.clear();
    world.judge = undefined;
    // If the run ended before its first commit, the other writer has not acted yet. It must act, as in the clean run.
    await meddle('Commit');
    const next = lie || unread ? reconcileRequest : plainRequest;
    await world.run(next).catch((error) => complain(`the next run failed: ${describe(error)}`));
    const healed = await catalogOf(world);
    const isHealed = sameCatalog(healed, wanted) || (unread === 'never' && isNamed(healed, wanted, 1));
    if (!isHealed) complain('the next run does not correct the catalog');
  } finally {
    await world.close();
  }
  return wrong;
}

/** The ids of documents that were deleted or marked as removed in between. */
export function leavers(before: Map<string, string>, after: Map<string, string>): string[] {
  const isCurrent = (text: string | undefined) => text?.includes('"gone":false') ?? false;
  return [...before.keys()].filter((id) => isCurrent(before.get(id)) && !isCurrent(after.get(id)));
}

export function sameCatalog(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...a].every(([id, text]) => b.get(id) === text);
}

/**
 * Whether every book is in the catalog, and correct except for values that only its content has. Those values may be
 * missing for at most `most` books.
 */
function isNamed(catalog: Map<string, string>, wanted: Map<string, string>, most = wanted.size): boolean {
  const others = [...catalog].filter(([id, text]) => wanted.get(id) !== text);
  return (
    catalog.size === wanted.size &&
    others.length <= most &&
    others.every(
      ([id, text]) => wanted.has(id) && text.includes('"said":[]') && text.includes('"title":"scan'),
    )
  );
}

function describe(ending: unknown): string {
  return ending instanceof Error
    ? `${ending.name}: ${ending.message}${ending instanceof SyncError ? '' : `\n${ending.stack}`}`
    : String(ending);
}

/** Runs the cases, several at a time, because a case mostly waits. Returns the problems found. */
export async function tryAll(cases: readonly Case[]): Promise<string[]> {
  const wrong: string[] = [];
  const queue = cases.values();
  async function work(): Promise<void> {
    for (const one of queue) wrong.push(...(await tryCase(one)));
  }
  await Promise.all(Array.from({ length: 6 }, work));
  return wrong;
}
