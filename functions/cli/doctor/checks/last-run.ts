/** Reports what the checkpoint says about the last run and the next one. */
import type { Checkpoint, StoredCheckpoint } from '../../../sync/catalog/checkpoint.ts';
import { fingerprintOf } from '../../../sync/core/config.ts';
import { chooseMode } from '../../../sync/plan/choose-mode.ts';
import { plainRequest } from '../../../sync/trigger/event.ts';
import { approveCommand } from '../../shared/approve-command.ts';
import { ago, count } from '../../shared/show.ts';
import type { Check, Subject } from '../check.ts';

/** How late the scheduled reconcile may be, in hours, before the check warns. */
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
        todo: [
          ...remarks,
          'Another version of this program, or a person, may have written it. The next run replaces it.',
        ],
      };
    const { checkpoint } = stored;
    if (!checkpoint)
      return {
        status: 'warning',
        said: 'no run recorded for this folder yet',
        todo: [`Start one: npx catalog-sync sync --env ${environment}`],
      };
    const written = stored.updateTime
      ? `, checkpoint written ${ago(stored.updateTime.toDate().toISOString(), now())}`
      : '';
    const said = `${count(checkpoint.books, 'book')}${written}${reconciled(checkpoint, now())}`;
    const held = findHeld(checkpoint, subject);
    if (held.length > 0) return { status: 'todo', said, todo: [...held, ...remarks] };
    return { status: remarks.length > 0 ? 'warning' : 'ok', said, todo: remarks };
  },
};

function storedOf({ found }: Subject): StoredCheckpoint {
  if (!found.stored) throw new Error('The Firestore check must run first');
  return found.stored;
}

function reconciled({ reconciledAt }: Checkpoint, nowMs: number): string {
  return reconciledAt === null ? '' : `, reconciled ${ago(reconciledAt, nowMs)}`;
}

/** Removals and updates that wait for approval. */
function findHeld({ held, heldUpdates }: Checkpoint, { environment }: Subject): string[] {
  return [
    ...(held
      ? [
          `${count(held.count, 'removal')} held since ${held.since}. If the books were removed on purpose, approve the removals. If not, put the files back into the folder.`,
          approveCommand(environment, 'removals', held.count),
        ]
      : []),
    ...(heldUpdates
      ? [
          `${count(heldUpdates.count, 'update')} caused by newer metadata rules, held since ${heldUpdates.since}. Review the effect with --dry-run. If it is correct, approve the updates.`,
          approveCommand(environment, 'updates', heldUpdates.count),
        ]
      : []),
  ];
}

/** How the last run failed, why the next one reconciles, and whether a reconcile is late. */
function findRemarks(stored: StoredCheckpoint, { settings, now }: Subject): string[] {
  const remarks: string[] = [];
  const { checkpoint } = stored;
  const [record] = checkpoint?.runs ?? [];
  if (record?.failure)
    remarks.push(
      `The last recorded run failed ${ago(record.last, now())}: ${record.failure.message}`,
      record.failure.hint,
    );
  // The next run uses the same function to decide.
  const next = chooseMode({ fingerprint: fingerprintOf(settings), settings }, stored, plainRequest);
  if (next.kind === 'reconcile') remarks.push(`The next run will reconcile: ${next.reason}.`);
  const { reconciledAt: since = null, reconcileTriedAt: tried = null } = checkpoint ?? {};
  const hours = since === null ? 0 : (now() - Date.parse(since)) / 3_600_000;
  // As long as the record of the run that postponed the reconcile is the newest, it already says so in full.
  if (tried !== null && record?.failure?.reason !== 'outOfTime')
    remarks.push(
      `The reconcile that is due did not fit into the run ${ago(tried, now())}. Give the function more memory, which also adds CPU, or split the library.`,
    );
  if (tried === null && hours > settings.reconcileEveryHours + graceHours)
    remarks.push(
      `A reconcile is due every ${settings.reconcileEveryHours} h, but none has completed for longer than that. Check whether the scheduler is paused (PAUSED). If it is not, search the logs for "Synchronization failed".`,
    );
  return remarks;
}
