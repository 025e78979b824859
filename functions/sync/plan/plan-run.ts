/** What a run is going to write. A dry run ends here; a run goes on and writes it. */
import { isDeepStrictEqual } from 'node:util';
import type { StoredCheckpoint } from '../catalog/checkpoint.ts';
import type { RunContext } from '../context.ts';
import type { Tick } from '../trigger/event.ts';
import { type Change, gainOf } from './change.ts';
import { type Proposed, propose } from './choose-mode.ts';
import { guard } from './guard.ts';

/** A proposal after the guards; its checkpoint is complete. */
export interface PlannedRun extends Proposed {
  /** The checkpoint it was planned from. */
  stored: StoredCheckpoint;
  /** Of the proposal's updates and restores, those the guards let pass. */
  updates: Change[];
  /** Likewise. */
  removals: Change[];
  /** False where nothing is to be written, not even the checkpoint. */
  writes: boolean;
}

/**
 * Reads what is needed and plans for it. Writes nothing.
 *
 * @throws SyncError and DeadlineReached as `propose` does
 */
export async function planRun(context: RunContext, tick: Tick): Promise<PlannedRun> {
  const { catalog, logs, history } = context;
  const stored = await catalog.readCheckpoint();
  history?.beginFrom(stored);
  if (stored.unreadable) logs.checkpointUnreadable(stored.unreadable);
  const proposed = await propose(context, stored, tick);
  const { proposal, mode, reason } = proposed;
  history?.note({ mode, reason });
  if (!proposal) return { ...proposed, stored, updates: [], removals: [], writes: false };

  for (const { driveId, current, other } of proposal.doubles)
    logs.duplicateDocuments(driveId, current, other);
  const { updates, removals, ...held } = guard(proposal, mode, tick);
  history?.note({ held: held.held?.count ?? 0 });
  const books = proposal.books + proposal.adds.size + gainOf(updates) + gainOf(removals);
  proposal.final = { ...proposal.final, ...held, books };
  const isNothing = proposal.adds.size + updates.length + removals.length === 0;
  const isIdle = isNothing && (proposal.gap || isDeepStrictEqual(proposal.final, stored.checkpoint));
  return { ...proposed, stored, updates, removals, writes: !isIdle };
}
