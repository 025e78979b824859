/** Formats the status of an environment for a person. */
import type { RunRecord } from '../../sync/catalog/run-record.ts';
import { multiLine, oneLine } from '../../sync/core/redact.ts';
import { pc } from '../shared/colors.ts';
import { ago, cell, count, createTable } from '../shared/show.ts';
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
          'Checkpoints of other folders in the same state collection. Delete those of folders that are no longer synced:',
          ...otherCheckpoints.map(
            ({ folder, books, reconciledAt }) =>
              `  ${oneLine(folder)}, ${books === null ? 'unknown number of books' : count(books, 'book')}, last reconciled ${reconciledAt ? ago(reconciledAt, now) : 'never'}`,
          ),
        ].join('\n')
      : undefined,
    attention.length > 0
      ? [
          pc.bold(pc.yellow('Needs attention:')),
          ...attention.map((sentence) => pc.yellow(`  - ${multiLine(sentence)}`)),
        ].join('\n')
      : pc.green('No action needed.'),
    pc.dim(
      `Reading the status cost ${count(status.cost.reads, 'Firestore read')}, ${count(status.cost.driveCalls, 'Drive call')} and no writes.`,
    ),
  ];
  return sections.filter((text) => text !== undefined).join('\n\n');
}

function factsOf(status: StatusDocument, now: number): [string, string][] {
  const { everRan, books, held, authorless, environment, paused, lastSuccess } = status;
  const schedule: [string, string] = [
    'Schedule',
    paused ? 'paused in the settings; runs only on request' : 'hourly',
  ];
  if (!everRan)
    return [
      schedule,
      [
        'Last run',
        `no run has written anything for this folder. To see what the first run would do: npx catalog-sync sync --env ${environment} --dry-run`,
      ],
    ];
  const waits = Object.entries(held).flatMap(([what, of]) =>
    of
      ? [`${count(of.count, what.slice(0, -1))}, first held ${ago(of.since, now)}; to approve: ${of.approve}`]
      : [],
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
    ['Books', books === null ? 'unknown: the checkpoint cannot be read' : String(books)],
    ['Held', waits.join('; ') || 'nothing'],
    ['Next reconcile', nextOf(status, now)],
    ['Without author', authorlessOf(authorless)],
  ];
}

function freshnessOf({ waiting }: StatusDocument, now: number): string {
  if (!waiting) return 'unknown: the next run will reconcile';
  if (waiting.problem) return 'unknown: cannot read the changes feed';
  if (waiting.changes === 0) return 'up to date: runs have seen all changes in Drive';
  const since = waiting.oldest ? `; oldest: ${ago(waiting.oldest, now)}` : '';
  const changes = waiting.more ? `at least ${waiting.changes} changes` : count(waiting.changes, 'change');
  return `pending: ${changes} in Drive (in the library or elsewhere) that no run has seen yet${since}`;
}

function nextOf({ nextReconcile }: StatusDocument, now: number): string {
  if (!nextReconcile) return 'unknown';
  const { due, reason } = nextReconcile;
  return due ? `${ago(due, now)} (${due}): ${reason}` : `with the next run: ${reason}`;
}

function authorlessOf({ count: number, exact, files }: StatusDocument['authorless']): string {
  if (number === 0) return 'none';
  const head = exact ? count(number, 'book') : `${number} books, including books that left the library`;
  const names = files.map((name) => `\n                  ${oneLine(name)}`).join('');
  return `${head}${files.length > 0 ? `; rename the files, or set the author in the catalog:${names}` : ''}`;
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
  return `${table.toString()}\nRuns with nothing to do are not recorded.`;
}
