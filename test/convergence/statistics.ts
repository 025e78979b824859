/** Counts what happened in all histories, to prove that the test covers the difficult cases. */
export interface Statistics {
  histories: number;
  /** Number of operations by kind. */
  operations: Map<string, number>;
  /** Number of runs by how they ended. */
  runs: Map<string, number>;
  /** Number of notable events by name. */
  events: Map<string, number>;
}

export function openStatistics(): Statistics {
  return { histories: 0, operations: new Map(), runs: new Map(), events: new Map() };
}

export function count(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Events that must have happened at least once for a passing test to mean anything. */
export const requiredEvents = [
  'a folder left the library',
  'a folder entered the library',
  'a shortcut left the library',
  'a book left the library',
  'a book entered the library',
  'a commit failed a precondition',
  'a run was killed',
  'a run was killed after sending its last request',
  'a run met a Drive fault',
  'a run met a Firestore fault',
  'the changes feed was delayed',
  'the changes feed repeated entries',
  'Drive rejected the page token',
  'something changed during a run',
  'two runs overlapped',
  'the guard held removals',
  'held removals were approved',
  'a person corrected a field',
  'the embedder wrote to a document',
  'another program added a document',
  'a file had duplicate documents',
  'a shortcut was broken',
  'a listing was incomplete',
  'the root was unavailable',
  'a removed book was restored',
  'a change was not reported by the changes feed',
  'hours passed between runs',
  'the initial library needed more than one commit',
] as const;

/** Formats the counts for a terminal. */
export function describeStatistics({ histories, operations, runs, events }: Statistics): string {
  const block = (title: string, counts: Map<string, number>) => [
    title,
    ...[...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, n]) => `  ${String(n).padStart(7)}  ${name}`),
  ];
  return [
    `${histories} histories`,
    ...block('operations', operations),
    ...block('runs', runs),
    ...block('events', events),
  ].join('\n');
}
