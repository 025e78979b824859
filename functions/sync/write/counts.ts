/** Counts and logs what a run committed. */
import type { SyncRecord } from '../catalog/book-document.ts';
import type { Logs, Progress } from '../core/logs.ts';
import { describeFile } from '../metadata/file-name/describe-file.ts';
import type { Change } from '../plan/change.ts';

export type Counts = Omit<Progress, 'usage' | 'durationMs'>;

export interface RunCounts {
  counts: Counts;
  /** Names of files that could not be read, in the order in which they were found. */
  problems: Set<string>;
  /** Counts and logs a change after it is committed. */
  count(change: Change): void;
  /** What `counts` and `problems` will be after these changes are committed too. */
  ahead(changes: readonly Change[]): { counts: Counts; problems: string[] };
  /** Notes a book whose content could not be read. */
  unreadable(name: string): void;
}

/** The counter for each kind of change. */
const counterOf = { add: 'added', update: 'updated', restore: 'restored', remove: 'removed' } as const;

/** Creates counters that start at zero. */
export function createRunCounts(logs: Logs): RunCounts {
  const counts: Counts = { added: 0, updated: 0, removed: 0, restored: 0, parseProblems: 0 };
  const problems = new Set<string>();

  function count(change: Change): void {
    const problem = problemOf(change);
    if (problem) {
      counts.parseProblems += 1;
      problems.add(problem.name);
      logs.parseProblem(problem.name, change.fileId, problem.error);
    }
    counts[counterOf[change.kind]] += 1;
    switch (change.kind) {
      case 'add':
        logs.bookAdded(change);
        break;
      case 'update':
        logs.bookUpdated(change, change.changes);
        break;
      case 'restore':
        logs.bookRestored(change, change.changes);
        break;
      case 'remove':
        logs.bookRemoved(change, change.mode);
        break;
    }
  }

  function ahead(changes: readonly Change[]): { counts: Counts; problems: string[] } {
    const then = { ...counts };
    const names = new Set(problems);
    for (const change of changes) {
      then[counterOf[change.kind]] += 1;
      const problem = problemOf(change);
      if (!problem) continue;
      then.parseProblems += 1;
      names.add(problem.name);
    }
    return { counts: then, problems: [...names] };
  }

  return { counts, problems, count, ahead, unreadable: (name) => void problems.add(name) };
}

/** What is wrong with the name of a file. Reported only when the name is new, not in every run. */
function problemOf(change: Change): { name: string; error: Error } | undefined {
  if (change.kind === 'remove' || !('original_filename' in change.set)) return undefined;
  // The content may have provided the author that the name lacks.
  if ((change.set.sync as SyncRecord | undefined)?.written.author) return undefined;
  const { original_filename: name } = change.book.facts;
  const { problem } = describeFile(name);
  return problem && { name, error: problem };
}
