/** What the checkpoint tells of the last run, and of the next one. */
import type { Checkpoint, StoredCheckpoint } from '../../sync/catalog/checkpoint.ts';
import { fingerprintOf } from '../../sync/config.ts';
import { rulesVersion } from '../../sync/metadata/metadata.ts';
import { approveCommand } from '../run/plan-document.ts';
import { count } from '../show.ts';
import { ago } from '../status/show-status.ts';
import type { Check, Result, Subject } from './check.ts';

/** How late the daily comparison may be before something is wrong with the schedule, in hours. */
const graceHours = 2;

export const lastRun: Check = {
  name: 'lastRun',
  needs: ['firestore'],
  side: 'catalog',
  run(subject) {
    const { found, settings, environment, now } = subject;
    const stored = found.stored as StoredCheckpoint;
    const { stateCollection, folder } = settings;
    if (stored.unreadable)
      return {
        status: 'warning',
        said: `the checkpoint ${stateCollection}/${folder.id} cannot be used (${stored.unreadable})`,
        todo: [
          'The next run compares everything and writes it anew. Has another version, or a person, written it?',
        ],
      };
    if (!stored.checkpoint)
      return {
        status: 'warning',
        said: 'there has been none for this folder',
        todo: [`Start one: npx catalog-sync sync --env ${environment}`],
      };
    const { checkpoint } = stored;
    const written = stored.updateTime
      ? `, last written ${ago(stored.updateTime.toDate().toISOString(), now())}`
      : '';
    const said = `${count(checkpoint.books, 'book')}${written}${reconciled(checkpoint, now())}`;
    const held = findHeld(checkpoint, subject);
    if (held.length > 0) return { status: 'todo', said, todo: held };
    const remarks = findRemarks(checkpoint, subject);
    return { status: remarks.length > 0 ? 'warning' : 'ok', said, todo: remarks } satisfies Result;
  },
};

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

/** What makes the next run compare everything, in the order in which a run asks for it; and a schedule that is late. */
function findRemarks(checkpoint: Checkpoint, { settings, now }: Subject): string[] {
  const remarks: string[] = [];
  const { pageToken, reconciledAt, rules } = checkpoint;
  if (pageToken === null || reconciledAt === null)
    remarks.push('No comparison has come to its end yet: the next run compares everything.');
  else if (checkpoint.settings !== fingerprintOf(settings))
    remarks.push('It was made with other settings than these: the next run compares everything.');
  else if (rules !== rulesVersion)
    remarks.push(
      `It was made by version ${rules} of the rules for names, this is version ${rulesVersion}: the next run compares everything.`,
    );
  const hours = reconciledAt === null ? 0 : (now() - Date.parse(reconciledAt)) / 3_600_000;
  if (hours > settings.reconcileEveryHours + graceHours)
    remarks.push(
      `Everything should be compared every ${settings.reconcileEveryHours} h. Is the schedule paused (PAUSED), or do runs fail? Look at the log for "Synchronization failed".`,
    );
  return remarks;
}
