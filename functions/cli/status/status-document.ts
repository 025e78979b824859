/** How an environment is, as `status --json` gives it. The names are a contract: docs/commands.md. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { Checkpoint, Held } from '../../sync/catalog/checkpoint.ts';
import type { RunRecord } from '../../sync/catalog/run-record.ts';
import { approveCommand } from '../shared/approve-command.ts';
import type { FailureDocument } from '../shared/failure.ts';

export interface StatusDocument {
  environment: EnvironmentName;
  folder: string;
  project: string;
  database: string;
  collection: string;
  /** Whether the schedule stands still by `.env.<environment>`; nobody is told of a silence then. */
  paused: boolean;
  /** What a person should see to, in sentences; empty where all is well. */
  attention: string[];
  /** False where no run has ever written a checkpoint for this folder. */
  everRan: boolean;
  /** The last time a run is known to have come to its end well, RFC 3339. Runs with nothing to do leave no trace. */
  lastSuccess: string | null;
  /** What Drive says has changed since the checkpoint; null where that was not asked. */
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
  /** Entries of the changes feed, of files anywhere in Drive; at most a page of them. */
  changes: number;
  /** True where there are more. */
  more: boolean;
  /** When the oldest of them changed, RFC 3339. */
  oldest: string | null;
  /** Why Drive could not be asked. */
  problem: FailureDocument | null;
}

export interface Authorless {
  count: number;
  /** False where books that left the library may be among them. */
  exact: boolean;
  /** Names of some of them that nobody corrected, and that left nothing but a title. */
  files: string[];
}

type HeldCount = Held & { approve: string };

/** How long a change may wait: an alert is raised after as much silence. In hours. */
const patienceHours = 3;
const hourMs = 3_600_000;

export function heldOf(
  environment: EnvironmentName,
  checkpoint: Checkpoint | undefined,
): StatusDocument['held'] {
  const of = (what: 'removals' | 'updates', held: Held | null | undefined) =>
    held ? { ...held, approve: approveCommand(environment, what, held.count) } : null;
  return { removals: of('removals', checkpoint?.held), updates: of('updates', checkpoint?.heldUpdates) };
}

/** The last time a run is known to have ended well. */
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

/** What a person should see to. @param now in milliseconds */
export function attentionOf(
  status: Omit<StatusDocument, 'attention'>,
  checkpoint: Checkpoint | undefined,
  now: number,
): string[] {
  const { held, paused, waiting, environment, nextReconcile } = status;
  const isOld = (time: string | null | undefined) =>
    typeof time === 'string' && now - Date.parse(time) > patienceHours * hourMs;
  const found: string[] = [];
  for (const what of ['removals', 'updates'] as const) {
    const waits = held[what];
    if (waits) found.push(`${waits.count} ${what} are held. If they are right: ${waits.approve}`);
  }
  const [last] = status.runs;
  if (last?.outcome === 'failed' && last.failure)
    found.push(
      `The last run that left a record failed${last.times > 1 ? `, like ${last.times - 1} before it` : ''}: ${last.failure.message} What to do: ${last.failure.hint}`,
    );
  if (waiting?.problem)
    found.push(
      `Drive cannot be asked: ${waiting.problem.message}.${waiting.problem.hint ? ` What to do: ${waiting.problem.hint}` : ''}`,
    );
  if (paused) return found;
  const look = `Look at its log: npx catalog-sync doctor --env ${environment} tells what keeps a run from working.`;
  if (!status.everRan) found.push(`No run has written anything yet, though the schedule is on. ${look}`);
  else if (checkpoint && checkpoint.pageToken === null && (!last || isOld(last.last)))
    found.push(`The first comparison has not come to its end, and no run goes on with it. ${look}`);
  else if (isOld(waiting?.oldest))
    found.push(`Changes wait in Drive for more than ${patienceHours} h: no run works. ${look}`);
  else if (isOld(nextReconcile?.due))
    found.push(`The daily comparison is overdue for more than ${patienceHours} h. ${look}`);
  return found;
}
