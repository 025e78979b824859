/**
 * The guards hold changes that would affect a large part of the catalog at once, until a person approves them:
 *
 * - Removals, because a folder may have been moved by mistake.
 * - Updates that only newer metadata rules require, because a release must not rewrite a large catalog by surprise.
 *
 * Updates that the files themselves require are never held.
 */
import type { Checkpoint, Held } from '../catalog/checkpoint.ts';
import type { Logs } from '../core/logs.ts';
import type { RunRequest } from '../trigger/event.ts';
import type { Change } from './change.ts';
import type { Proposal } from './planner.ts';

/** The changes of a proposal that a run makes, and how many it holds. */
export interface Guarded {
  updates: Change[];
  removals: Change[];
  held: Held | null;
  heldUpdates: Held | null;
}

/** Applies the guards to a proposal. An incremental run with too many removals has become a reconcile by now. */
export function guard(proposal: Proposal, mode: 'incremental' | 'reconcile', request: RunRequest): Guarded {
  const { updates, removals } = proposal;
  const held = heldRemovals(proposal, mode, request);
  const byRules = updates.filter(isRulesOnlyUpdate);
  const heldUpdates = heldByRules(proposal, byRules.length, mode, request);
  return {
    updates: heldUpdates ? updates.filter((change) => !isRulesOnlyUpdate(change)) : updates,
    removals: held && mode === 'reconcile' ? [] : removals,
    held,
    heldUpdates,
  };
}

function isRulesOnlyUpdate(change: Change): boolean {
  return change.kind === 'update' && change.byRulesAlone;
}

function heldRemovals(
  { books, removals, finalCheckpoint, interimCheckpoint }: Proposal,
  mode: 'incremental' | 'reconcile',
  request: RunRequest,
): Held | null {
  if (mode === 'incremental' || finalCheckpoint === interimCheckpoint) return finalCheckpoint.held;
  if (removals.length <= Math.max(holdLimit(books), request.approvedRemovals ?? 0)) return null;
  return hold(removals.length, interimCheckpoint.held);
}

/**
 * Only a reconcile counts these updates. They stay held until a reconcile finds no more of them than the limit, or
 * than a person approved.
 */
function heldByRules(
  { books, finalCheckpoint, interimCheckpoint }: Proposal,
  count: number,
  mode: 'incremental' | 'reconcile',
  request: RunRequest,
): Held | null {
  if (mode === 'incremental') return finalCheckpoint.heldUpdates;
  if (count <= Math.max(holdLimit(books), request.approvedUpdates ?? 0)) return null;
  return hold(count, interimCheckpoint.heldUpdates);
}

function hold(count: number, before: Held | null): Held {
  return { count, since: before?.since ?? new Date().toISOString() };
}

/** Logs what is held. Every run repeats this as long as something is held, so that the alert stays open. */
export function logHeld(
  logs: Logs,
  finalCheckpoint: Checkpoint | undefined,
  proposal: Proposal | undefined,
): void {
  if (!finalCheckpoint) return;
  const { held, heldUpdates, books } = finalCheckpoint;
  const limit = holdLimit(books);
  const sampleOf = (changes: Change[] = []) => changes.slice(0, 10).map(({ title }) => title);
  // Held books stay in the catalog. This run can name them only if its own removals are the held ones. They are not
  // if it removes other books or finds nothing new.
  const isHolding = proposal !== undefined && held !== null && proposal.removals.length === held.count;
  if (held) {
    const sample = isHolding ? sampleOf(proposal.removals) : [];
    logs.removalsHeld({ count: held.count, limit, books, sample });
  }
  if (heldUpdates) {
    const sample = sampleOf(proposal?.updates.filter(isRulesOnlyUpdate));
    logs.updatesHeld({ count: heldUpdates.count, limit, books, sample });
  }
}

/**
 * The limit of both guards: more removals than this in one run, or more updates that only newer rules require, are
 * held until a person approves them.
 */
export function holdLimit(books: number): number {
  return Math.max(10, Math.floor(books / 10));
}
