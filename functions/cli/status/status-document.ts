/** The status of an environment, as `status --json` prints it. The names are a contract: see docs/commands.md. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { Checkpoint, Held } from '../../sync/catalog/checkpoint.ts';
import type { RunRecord } from '../../sync/catalog/run-record.ts';
import { approveCommand } from '../shared/approve-command.ts';
import type { FailureDocument } from '../shared/failure.ts';
import { count } from '../shared/show.ts';

export interface StatusDocument {
  environment: EnvironmentName;
  folder: string;
  project: string;
  database: string;
  collection: string;
  /** Whether the settings pause the scheduler. No alert reports missing runs then. */
  paused: boolean;
  /** What needs a person's attention, in sentences. Empty if no action is needed. */
  attention: string[];
  /** False if no run has ever written a checkpoint for this folder. */
  everRan: boolean;
  /** When a run is last known to have succeeded, RFC 3339. Runs with nothing to do leave no trace. */
  lastSuccess: string | null;
  /** What has changed in Drive since the checkpoint. Null if Drive was not called or rejected the page token. */
  waiting: Waiting | null;
  /** Books in the catalog that are in the library. */
  books: number | null;
  held: { removals: HeldCount | null; updates: HeldCount | null };
  nextReconcile: { due: string | null; reason: string } | null;
  authorless: Authorless;
  otherCheckpoints: { folder: string; books: number | null; reconciledAt: string | null }[];
  /** Newest first. */
  runs: RunRecord[];
  cost: { reads: number; driveCalls: number };
}

export interface Waiting {
  /** Entries of the changes feed, for files anywhere in Drive; at most one page of them. */
  changes: number;
  /** True if there are more. */
  more: boolean;
  /** When the oldest of them changed, RFC 3339. */
  oldest: string | null;
  /** Why the changes feed could not be read. */
  problem: FailureDocument | null;
}

export interface Authorless {
  count: number;
  /** False if the count may include books that left the library. */
  exact: boolean;
  /** File names of some of them: names that yield no author, of books that nobody has corrected. */
  files: string[];
}

type HeldCount = Held & { approve: string };

/** How long a change may wait, in hours. The alert for missing runs waits as long. */
const maxWaitHours = 3;
const hourMs = 3_600_000;

export function heldOf(
  environment: EnvironmentName,
  checkpoint: Checkpoint | undefined,
): StatusDocument['held'] {
  const of = (what: 'removals' | 'updates', held: Held | null | undefined) =>
    held ? { ...held, approve: approveCommand(environment, what, held.count) } : null;
  return { removals: of('removals', checkpoint?.held), updates: of('updates', checkpoint?.heldUpdates) };
}

/** Returns when a run is last known to have succeeded. */
export function lastSuccessOf(checkpoint: Checkpoint | undefined): string | null {
  if (!checkpoint) return null;
  const ends = checkpoint.runs
    .filter(({ outcome }) => outcome === 'completed')
    .map(({ last, durationMs }) => new Date(Date.parse(last) + durationMs).toISOString());
  return (
    [checkpoint.reconciledAt, ...ends]
      .filter((time) => time !== null)
      .sort()
      .at(-1) ?? null
  );
}

/** Returns what needs a person's attention. @param now in milliseconds */
export function attentionOf(
  status: Omit<StatusDocument, 'attention'>,
  checkpoint: Checkpoint | undefined,
  now: number,
): string[] {
  const { held, paused, waiting, environment, nextReconcile } = status;
  const isOld = (time: string | null | undefined) =>
    typeof time === 'string' && now - Date.parse(time) > maxWaitHours * hourMs;
  const found: string[] = [];
  for (const what of ['removals', 'updates'] as const) {
    const waits = held[what];
    if (waits)
      found.push(
        `Holding ${count(waits.count, what.slice(0, -1))} for approval. If this is correct, run: ${waits.approve}`,
      );
  }
  const [last] = status.runs;
  if (last?.outcome === 'failed' && last.failure)
    found.push(
      `The last recorded run failed${last.times > 1 ? `, like the ${last.times === 2 ? 'one' : last.times - 1} before it` : ''}: ${last.failure.message}. What to do: ${last.failure.hint}`,
    );
  if (waiting?.problem)
    found.push(
      `Cannot read the changes feed: ${waiting.problem.message}.${waiting.problem.hint ? ` What to do: ${waiting.problem.hint}` : ''}`,
    );
  if (paused) return found;
  const advice = `Check the logs, and find the cause: npx catalog-sync doctor --env ${environment}`;
  if (!status.everRan)
    found.push(`No run has written anything yet, although the scheduler is not paused. ${advice}`);
  else if (checkpoint && checkpoint.pageToken === null && (!last || isOld(last.last)))
    found.push(`The first reconcile is incomplete, and no run has resumed it. ${advice}`);
  else if (isOld(waiting?.oldest))
    found.push(
      `Changes in Drive have been waiting for more than ${maxWaitHours} h, so runs are not working. ${advice}`,
    );
  else if (isOld(nextReconcile?.due))
    found.push(`The scheduled reconcile is more than ${maxWaitHours} h overdue. ${advice}`);
  return found;
}
