/** What the checkpoint tells of the last run, and of the next one. */
import type { Checkpoint, StoredCheckpoint } from '../../../sync/catalog/checkpoint.ts';
import { fingerprintOf } from '../../../sync/core/config.ts';
import { chooseMode } from '../../../sync/plan/choose-mode.ts';
import { plainRequest } from '../../../sync/trigger/event.ts';
import { approveCommand } from '../../shared/approve-command.ts';
import { ago, count } from '../../shared/show.ts';
import type { Check, Subject } from '../check.ts';

/** How late the daily comparison may be before something is wrong with the schedule, in hours. */
const graceHours = 2;

export const lastRun: Check = {
  name: 'lastRun',
  needs: ['firestore'],
  side: 'catalog',
  run(subject) {
    const { settings, environment, now } = subject;
    const stored = storedOf(subject);
    const { stateCollection, folder } = settings;
    const remarks = findRemarks(stored, subject);
    if (stored.unreadable)
      return {
        status: 'warning',
        said: `the checkpoint ${stateCollection}/${folder.id} cannot be used (${stored.unreadable})`,
        todo: [...remarks, 'Has another version, or a person, written it? The run writes it anew.'],
      };
    const { checkpoint } = stored;
    if (!checkpoint)
      return {
        status: 'warning',
        said: 'there has been none for this folder',
        todo: [`Start one: npx catalog-sync sync --env ${environment}`],
      };
    const written = stored.updateTime
      ? `, last written ${ago(stored.updateTime.toDate().toISOString(), now())}`
      : '';
    const said = `${count(checkpoint.books, 'book')}${written}${reconciled(checkpoint, now())}`;
    const held = findHeld(checkpoint, subject);
    if (held.length > 0) return { status: 'todo', said, todo: [...held, ...remarks] };
    return { status: remarks.length > 0 ? 'warning' : 'ok', said, todo: remarks };
  },
};

function storedOf({ found }: Subject): StoredCheckpoint {
  if (!found.stored) throw new Error('Firestore is checked first');
  return found.stored;
}

function reconciled({ reconciledAt }: Checkpoint, nowMs: number): string {
  return reconciledAt === null ? '' : `, compared as a whole ${ago(reconciledAt, nowMs)}`;
}

/** What waits for a person. */
function findHeld({ held, heldUpdates }: Checkpoint, { environment }: Subject): string[] {
  return [
    ...(held
      ? [
          `${held.count} removals are held since ${held.since}. If the books left on purpose, approve them; if not, put the files back into the folder.`,
          approveCommand(environment, 'removals', held.count),
        ]
      : []),
    ...(heldUpdates
      ? [
          `${heldUpdates.count} updates by newer rules are held since ${heldUpdates.since}. See their effect with --dry-run; if it is right, approve them.`,
          approveCommand(environment, 'updates', heldUpdates.count),
        ]
      : []),
  ];
}

/** What the last run met, why the next one compares everything, and a schedule that is late. */
function findRemarks(stored: StoredCheckpoint, { settings, now }: Subject): string[] {
  const remarks: string[] = [];
  const { checkpoint } = stored;
  const [record] = checkpoint?.runs ?? [];
  if (record?.failure)
    remarks.push(
      `The last run that left a record failed, ${ago(record.last, now())}: ${record.failure.message}`,
      record.failure.hint,
    );
  // As the next run will decide itself.
  const next = chooseMode({ fingerprint: fingerprintOf(settings), settings }, stored, plainRequest);
  if (next.kind === 'reconcile') remarks.push(`The next run compares everything: ${next.reason}.`);
  const { reconciledAt: since = null, reconcileTriedAt: tried = null } = checkpoint ?? {};
  const hours = since === null ? 0 : (now() - Date.parse(since)) / 3_600_000;
  // The record of the run that put it off says so in full, while it is the newest.
  if (tried !== null && record?.failure?.reason !== 'outOfTime')
    remarks.push(
      `The comparison that is due did not fit the run, ${ago(tried, now())}. Give the function more memory, which brings more CPU, or split the library.`,
    );
  if (tried === null && hours > settings.reconcileEveryHours + graceHours)
    remarks.push(
      `Everything should be compared every ${settings.reconcileEveryHours} h. Is the schedule paused (PAUSED), or do runs fail? Look at the log for "Synchronization failed".`,
    );
  return remarks;
}
