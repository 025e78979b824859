/** One case of the fault suite: one fault at one call of one run, and what must hold whatever happens then. */
import { SyncError } from '../../functions/sync/core/errors.ts';
import { plainRequest } from '../../functions/sync/trigger/event.ts';
import { reconcileRequest } from '../support/world.ts';
import { catalogOf, type Scenario, type Stage, stage } from './scenarios.ts';

/** How a run may end: done, or with an error of this class. */
export type Ending = 'completed' | 'DriveScanError' | 'AuthenticationError' | 'CatalogError' | 'ConfigError';

export interface Case {
  name: string;
  scenario: Scenario;
  /** Makes the fault; returns how often it has hit. */
  plant: (stage: Stage) => () => number;
  ends: readonly Ending[];
  /**
   * Set where what Drive answered is a lie that nothing gives away, such as a file without a checksum: then the
   * catalog is true to the lie, and only the daily reconcile can tell. A lie takes nobody out of the catalog.
   */
  lie?: boolean;
  /**
   * Set where a book's content did not come, for which no run fails: such a book is called by its file's name.
   * `later`: the daily reconcile makes it right. `never`: what Drive said is that this file cannot be read, and that is
   * believed of one book until its content changes.
   */
  unread?: 'later' | 'never';
  /** How long one answer may take; short where the fault is an answer that never comes. */
  callTimeoutMs?: number;
  /** The first wait before another try, where that matters. */
  retryBaseMs?: number;
}

/** The calls a scenario's run makes where nothing goes wrong, and what it leaves. */
export interface CleanRun {
  /** Drive's, by method; the token endpoint is one of them. */
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

/** Runs a case; what is wrong, in words, or nothing. */
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
    if (hits() === 0) complain('the fault did not happen');
    const name = ending instanceof SyncError ? ending.name : String(ending);
    if (!(given.ends as readonly string[]).includes(name)) complain(`ended with ${describe(ending)}`);
    if (ending instanceof SyncError && ending.hint.length < 20) complain('has no hint');

    const after = await catalogOf(world);
    for (const id of leavers(before, after))
      if (!staged.mayLeave.has(id)) complain(`removed ${id} by mistake`);
    const moved = (await world.checkpoint())?.pageToken;
    const isTrue = sameCatalog(after, wanted) || (unread !== undefined && isNamed(after, wanted));
    if (!lie && moved !== token && moved !== null && !isTrue)
      complain('the checkpoint is ahead of the catalog');
    if (!lie && ending === 'completed' && !isTrue) complain('completed, but the catalog is not true');

    world.driveEmulator.faults.clear();
    world.judge = undefined;
    // The other party acts in any case, or there would be nothing to compare with.
    await meddle('Commit');
    const next = lie || unread ? reconcileRequest : plainRequest;
    await world.run(next).catch((error) => complain(`then ${describe(error)}`));
    const healed = await catalogOf(world);
    const isHealed = sameCatalog(healed, wanted) || (unread === 'never' && isNamed(healed, wanted, 1));
    if (!isHealed) complain('the next run does not make it right');
  } finally {
    await world.close();
  }
  return wrong;
}

/** Documents that are gone, or marked as removed, and were neither before. */
export function leavers(before: Map<string, string>, after: Map<string, string>): string[] {
  const isCurrent = (text: string | undefined) => text?.includes('"gone":false') ?? false;
  return [...before.keys()].filter((id) => isCurrent(before.get(id)) && !isCurrent(after.get(id)));
}

export function sameCatalog(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...a].every(([id, text]) => b.get(id) === text);
}

/** Every book is there, and right but for what is only in its content; of so many at most that is not known. */
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

/** Tries cases, some at a time: most of a case is waiting. */
export async function tryAll(cases: readonly Case[]): Promise<string[]> {
  const wrong: string[] = [];
  const queue = cases.values();
  async function work(): Promise<void> {
    for (const one of queue) wrong.push(...(await tryCase(one)));
  }
  await Promise.all(Array.from({ length: 6 }, work));
  return wrong;
}
