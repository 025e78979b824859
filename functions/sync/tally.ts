/** Counts and logs what a run committed. */

import type { SyncRecord } from './catalog/book-document.ts';
import type { Change } from './change.ts';
import type { Logs, Progress } from './logs.ts';
import { describeFile } from './metadata/file-name.ts';

export type Counts = Omit<Progress, 'usage' | 'durationMs'>;

export interface Tally {
  counts: Counts;
  /** Takes each change once it is committed. */
  count: (change: Change) => void;
}

/** A tally at zero. */
export function createTally(logs: Logs): Tally {
  const counts: Counts = { added: 0, updated: 0, removed: 0, restored: 0, parseProblems: 0 };

  /** A name is complained about when it is new, not every day anew. */
  function countProblem(change: Change): void {
    if (change.kind === 'remove' || !('original_filename' in change.set)) return;
    // The content may have told what the name does not.
    if ((change.set.sync as SyncRecord | undefined)?.written.author) return;
    const { original_filename: name } = change.book.facts;
    const { problem } = describeFile(name);
    if (!problem) return;
    counts.parseProblems += 1;
    logs.parseProblem(name, change.driveId, problem);
  }

  function count(change: Change): void {
    countProblem(change);
    switch (change.kind) {
      case 'add':
        counts.added += 1;
        logs.bookAdded(change);
        break;
      case 'update':
        counts.updated += 1;
        logs.bookUpdated(change, change.changes);
        break;
      case 'restore':
        counts.restored += 1;
        logs.bookRestored(change, change.changes);
        break;
      case 'remove':
        counts.removed += 1;
        logs.bookRemoved(change, change.mode);
        break;
    }
  }

  return { counts, count };
}
