/**
 * The guards: what would change much of the catalog at once waits for a person. Removals, because a folder may have
 * been moved by mistake; updates that newer rules for metadata alone ask for, because a release must not rewrite a
 * large catalog by surprise. Updates that the files themselves ask for always go on.
 */
import type { Checkpoint, Held } from '../catalog/checkpoint.ts';
import type { Logs } from '../core/logs.ts';
import type { RunRequest } from '../trigger/event.ts';
import type { Change } from './change.ts';
import type { Proposal } from './planner.ts';

/** What of a proposal a run makes, and what it holds. */
export interface Guarded {
  updates: Change[];
  removals: Change[];
  held: Held | null;
  heldUpdates: Held | null;
}

/** An incremental run with too many removals has become a reconcile before it comes here. */
export function guard(proposal: Proposal, mode: 'incremental' | 'reconcile', request: RunRequest): Guarded {
  const { updates, removals } = proposal;
  const held = heldRemovals(proposal, mode, request);
  const byRules = updates.filter(isByRulesAlone);
  const heldUpdates = heldByRules(proposal, byRules.length, mode, request);
  return {
    updates: heldUpdates ? updates.filter((change) => !isByRulesAlone(change)) : updates,
    removals: held && mode === 'reconcile' ? [] : removals,
    held,
    heldUpdates,
  };
}

function isByRulesAlone(change: Change): boolean {
  return change.kind === 'update' && change.byRulesAlone;
}

function heldRemovals(
  { books, removals, finalCheckpoint, interimCheckpoint }: Proposal,
  mode: 'incremental' | 'reconcile',
  request: RunRequest,
): Held | null {
  if (mode === 'incremental' || finalCheckpoint === interimCheckpoint) return finalCheckpoint.held;
  if (removals.length <= Math.max(removalLimit(books), request.approvedRemovals ?? 0)) return null;
  return hold(removals.length, interimCheckpoint.held);
}

/** Only a reconcile counts them; until one finds few enough, or as many as approved, they stay held. */
function heldByRules(
  { books, finalCheckpoint, interimCheckpoint }: Proposal,
  count: number,
  mode: 'incremental' | 'reconcile',
  request: RunRequest,
): Held | null {
  if (mode === 'incremental') return finalCheckpoint.heldUpdates;
  if (count <= Math.max(removalLimit(books), request.approvedUpdates ?? 0)) return null;
  return hold(count, interimCheckpoint.heldUpdates);
}

function hold(count: number, before: Held | null): Held {
  return { count, since: before?.since ?? new Date().toISOString() };
}

/** Said again by every run while it lasts, so that an alert stays open. */
export function logHeld(
  logs: Logs,
  finalCheckpoint: Checkpoint | undefined,
  proposal: Proposal | undefined,
): void {
  if (!finalCheckpoint) return;
  const { held, heldUpdates, books } = finalCheckpoint;
  const limit = removalLimit(books);
  const sampleOf = (changes: Change[] = []) => changes.slice(0, 10).map(({ title }) => title);
  // What is held stays in the catalog: a run that removes something itself, or finds nothing new, cannot name it.
  const isHolding = proposal !== undefined && held !== null && proposal.removals.length === held.count;
  if (held) {
    const sample = isHolding ? sampleOf(proposal.removals) : [];
    logs.removalsHeld({ count: held.count, limit, books, sample });
  }
  if (heldUpdates) {
    const sample = sampleOf(proposal?.updates.filter(isByRulesAlone));
    logs.updatesHeld({ count: heldUpdates.count, limit, books, sample });
  }
}

/** More removals than this in one run, or updates by newer rules alone, are held until a person approves them. */
export function removalLimit(books: number): number {
  return Math.max(10, Math.floor(books / 10));
}
