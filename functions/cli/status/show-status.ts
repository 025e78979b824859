/** How an environment is, as a person reads it. */
import type { RunRecord } from '../../sync/catalog/run-record.ts';
import { multiLine, oneLine } from '../../sync/core/printable.ts';
import { pc } from '../shared/colors.ts';
import { ago, cell, count } from '../shared/show.ts';
import { createTable } from '../shared/table.ts';
import type { StatusDocument } from './status-document.ts';

/** @param now in milliseconds */
export function formatStatus(status: StatusDocument, now: number): string {
  const { attention, runs, environment, otherCheckpoints } = status;
  const sections = [
    pc.dim(
      `${environment}: Drive folder ${status.folder} -> Firestore ${status.project}/${status.database}/${status.collection}`,
    ),
    factsOf(status, now)
      .map(([name, text]) => `${`${name}:`.padEnd(16)}${multiLine(text)}`)
      .join('\n'),
    runs.length > 0 ? formatRuns(runs, now) : undefined,
    otherCheckpoints.length > 0
      ? [
          'Checkpoints of other folders in the same state collection; delete those of folders that are synced no more:',
          ...otherCheckpoints.map(
            ({ folder, books, reconciledAt }) =>
              `  ${oneLine(folder)}, ${books ?? 'no'} books, last compared ${reconciledAt ? ago(reconciledAt, now) : 'never'}`,
          ),
        ].join('\n')
      : undefined,
    attention.length > 0
      ? [
          pc.bold(pc.yellow('To be seen to:')),
          ...attention.map((sentence) => pc.yellow(`  - ${multiLine(sentence)}`)),
        ].join('\n')
      : pc.green('Nothing waits for a person.'),
    pc.dim(
      `This look cost ${count(status.cost.reads, 'Firestore read')}, ${count(status.cost.driveCalls, 'Drive call')} and no write.`,
    ),
  ];
  return sections.filter((text) => text !== undefined).join('\n\n');
}

function factsOf(status: StatusDocument, now: number): [string, string][] {
  const { everRan, books, held, authorless, environment, paused, lastSuccess } = status;
  const schedule: [string, string] = [
    'Schedule',
    paused ? 'paused by the settings: it runs only when somebody asks' : 'hourly',
  ];
  if (!everRan)
    return [
      schedule,
      [
        'Last run',
        `none has written anything for this folder. See what the first would do: npx catalog-sync sync --env ${environment} --dry-run`,
      ],
    ];
  const waits = Object.entries(held).flatMap(([what, of]) =>
    of ? [`${of.count} ${what}, since ${ago(of.since, now)}; approve: ${of.approve}`] : [],
  );
  return [
    schedule,
    ['Freshness', freshnessOf(status, now)],
    [
      'Last success',
      lastSuccess
        ? `${ago(lastSuccess, now)} (${lastSuccess}), not counting runs with nothing to do`
        : 'none yet',
    ],
    ['Books', books === null ? 'not known: the checkpoint cannot be read' : String(books)],
    ['Held', waits.join('; ') || 'nothing'],
    ['Next reconcile', nextOf(status, now)],
    ['Without author', authorlessOf(authorless)],
  ];
}

function freshnessOf({ waiting }: StatusDocument, now: number): string {
  if (!waiting) return 'not known: the next run compares everything';
  if (waiting.problem) return 'not known: Drive cannot be asked';
  if (waiting.changes === 0) return 'fresh: Drive tells of no change that a run has not seen';
  const since = waiting.oldest ? `, the oldest from ${ago(waiting.oldest, now)}` : '';
  const changes = waiting.more ? `${waiting.changes} changes or more` : count(waiting.changes, 'change');
  return `not yet seen by a run: ${changes} in Drive, in the library or elsewhere${since}`;
}

function nextOf({ nextReconcile }: StatusDocument, now: number): string {
  if (!nextReconcile) return 'not known';
  const { due, reason } = nextReconcile;
  return due ? `${ago(due, now)} (${due}): ${reason}` : `with the next run: ${reason}`;
}

function authorlessOf({ count: number, exact, files }: StatusDocument['authorless']): string {
  if (number === 0) return 'none';
  const head = exact ? count(number, 'book') : `${number} books, those that left the library included`;
  const names = files.map((name) => `\n                  ${oneLine(name)}`).join('');
  return `${head}${files.length > 0 ? `; rename the files, or set author in the catalog:${names}` : ''}`;
}

function formatRuns(runs: readonly RunRecord[], now: number): string {
  const texts = ['When', 'Mode', 'Outcome'].map((head) => ({ head }));
  const numbers = ['Added', 'Updated', 'Removed', 'Restored', 'Drive calls', 'Reads', 'Writes', 'Seconds'];
  const table = createTable([...texts, ...numbers.map((head) => ({ head, align: 'right' as const }))]);
  for (const { last, mode, outcome, times, counts, cost, durationMs, failure } of runs)
    table.push([
      ago(last, now),
      mode,
      cell(
        `${outcome}${failure ? `: ${failure.reason ?? failure.class}` : ''}${times > 1 ? `, ${times} times` : ''}`,
        40,
      ),
      counts.added,
      counts.updated,
      counts.removed,
      counts.restored,
      cost.driveCalls,
      cost.reads,
      cost.writes + cost.deletes,
      (durationMs / 1000).toFixed(1),
    ]);
  return `${table.toString()}\nRuns with nothing to do leave no record.`;
}
