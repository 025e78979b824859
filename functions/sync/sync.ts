/**
 * One run of the sync, top to bottom.
 *
 * It reads the checkpoint, asks Drive what changed since (or lists everything), compares that with the documents
 * concerned, and writes the differences together with the new checkpoint. The rules it compares by are in plan.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { apply } from './catalog/apply.ts';
import type { BookDocument } from './catalog/book-document.ts';
import { openCatalog } from './catalog/catalog.ts';
import type { StoredCheckpoint } from './catalog/checkpoint.ts';
import type { Change } from './change.ts';
import { fingerprintOf, type Settings } from './config.ts';
import type { NeedsListing } from './drive/changes.ts';
import { openDrive } from './drive/drive-client.ts';
import { DeadlineReached, DriveScanError, Overtaken } from './errors.ts';
import type { Tick } from './event.ts';
import { announceHeld, guard } from './guard.ts';
import { createHistory } from './history.ts';
import { incremental, type Resumable } from './incremental.ts';
import type { Logs, RunReport } from './logs.ts';
import { openReader } from './metadata/embedded/reader.ts';
import { rulesVersion } from './metadata/metadata.ts';
import { createMeter, type Usage, usageOf } from './meter.ts';
import { planRemoval } from './plan.ts';
import { planBook } from './plan-book.ts';
import { createContents } from './read-contents.ts';
import { reconcile } from './reconcile.ts';
import type { Proposal, RunContext } from './run.ts';
import { createDeadline, createRetry } from './run-time.ts';
import { createTally } from './tally.ts';

/** How a run ended: all done, or not all and the rest is another run's. */
export type Outcome =
  | ({ kind: 'completed' } & RunReport)
  | { kind: 'continues'; usage: Usage }
  | { kind: 'overtaken'; usage: Usage };

/** How often a run that another one overtook begins again. */
const mostTries = 3;

/**
 * Makes the catalog true to the library.
 *
 * @param options.readerFile the built reader of embedded metadata; without it none is read
 * @param options.retryBaseMs the first wait before a call is tried again; see `createRetry`
 * @param options.answerMs how long one answer may take; see `createDeadline`
 * @throws SyncError; what was committed stays, and the checkpoint is not ahead of it
 */
export async function sync(
  tick: Tick,
  settings: Settings,
  logs: Logs,
  options: { readerFile?: string; retryBaseMs?: number; answerMs?: number } = {},
): Promise<Outcome> {
  const began = performance.now();
  const deadline = createDeadline(settings.runSeconds, options.answerMs);
  const meter = createMeter();
  const retry = createRetry({
    logs,
    deadline,
    ...(options.retryBaseMs === undefined ? {} : { baseMs: options.retryBaseMs }),
  });
  const shared = { settings, meter, retry, deadline };
  const catalog = openCatalog(shared);
  const { readerFile } = options;
  const reader = settings.embeddedMetadata !== 'off' && readerFile ? openReader(readerFile) : undefined;
  const tally = createTally(logs);
  const history = createHistory({ settings, catalog, meter, tally });
  const context: RunContext = {
    ...shared,
    reader,
    logs,
    tally,
    history,
    catalog,
    drive: openDrive(shared),
    fingerprint: fingerprintOf(settings),
  };
  try {
    for (let tries = 1; tries <= mostTries; tries++) {
      try {
        const report = await runOnce(context, tick);
        const completed = {
          ...report,
          usage: usageOf(meter),
          durationMs: Math.round(performance.now() - began),
        };
        logs.runCompleted(completed);
        return { kind: 'completed', ...completed };
      } catch (error) {
        if (error instanceof DeadlineReached && meter.commits > 0)
          return { kind: 'continues', usage: usageOf(meter) };
        if (error instanceof DeadlineReached) throw outOfTime(settings.runSeconds, error);
        if (!(error instanceof Overtaken)) throw error;
        logs.runOvertaken(tries);
      }
    }
    // Others keep writing, so the catalog is being made true without us.
    return { kind: 'overtaken', usage: usageOf(meter) };
  } catch (error) {
    await history.fail(error);
    logs.runFailed(error, usageOf(meter));
    throw error;
  } finally {
    deadline.end();
    await reader?.close();
    await catalog.close();
  }
}

async function runOnce(context: RunContext, tick: Tick): Promise<Omit<RunReport, 'usage' | 'durationMs'>> {
  const { catalog, logs, settings, deadline, tally, history } = context;
  const stored = await catalog.readCheckpoint();
  history.beginFrom(stored);
  if (stored.unreadable) logs.checkpointUnreadable(stored.unreadable);
  const { mode, reason, proposal } = await propose(context, stored, tick);
  const final = proposal?.final ?? stored.checkpoint;

  if (proposal) {
    for (const { driveId, current, other } of proposal.doubles)
      logs.duplicateDocuments(driveId, current, other);
    const { updates, removals, ...held } = guard(proposal, mode, tick);
    Object.assign(proposal.final, held);
    history.note({ held: held.held?.count ?? 0 });
    const restored = updates.filter(({ kind }) => kind === 'restore').length;
    const left = removals.filter((change) => change.kind === 'remove' && !change.read.removed).length;
    proposal.final.books = proposal.books + proposal.adds.size + restored - left;
    const isNothing = proposal.adds.size + updates.length + removals.length === 0;
    if (!isNothing || !(proposal.gap || isDeepStrictEqual(proposal.final, stored.checkpoint))) {
      const replan = (change: Change, document: BookDocument | undefined) =>
        planAgain(change, document, settings.removals);
      const applying = {
        catalog,
        deadline,
        writesPerSecond: settings.writesPerSecond,
        prepare: createContents({ ...context, onUnreadable: tally.unreadable }),
        replan,
        runsAfter: (changes: readonly Change[], isEnd: boolean) =>
          history.after(changes, isEnd ? { gap: proposal.gap } : undefined),
        onApplied: tally.count,
        onCommitted: history.committed,
      };
      await apply(applying, {
        changes: inOrder(proposal.adds, updates, removals),
        meanwhile: proposal.meanwhile,
        final: proposal.final,
        replaces: stored.updateTime,
      });
    }
    if (proposal.gap) throw proposal.gap;
  }
  announceHeld(logs, final, proposal);
  return {
    mode,
    reason,
    ...tally.counts,
    held: final?.held?.count ?? 0,
    heldUpdates: final?.heldUpdates?.count ?? 0,
    books: final?.books ?? 0,
  };
}

/** The changes feed where it can tell all, a listing of everything where it cannot. */
async function propose(
  context: RunContext,
  stored: StoredCheckpoint,
  tick: Tick,
): Promise<{ mode: RunReport['mode']; reason: string; proposal: Proposal | undefined }> {
  const resumable = findResumable(context, stored, tick);
  const told = { mode: 'incremental', reason: 'the changes feed tells all' } as const;
  context.history.note(told);
  const proposal = 'reconcile' in resumable ? resumable : await incremental(context, resumable);
  if (!proposal || !('reconcile' in proposal)) return { ...told, proposal };
  const reason = proposal.reconcile;
  context.history.note({ mode: 'reconcile', reason });
  context.logs.runStarted('reconcile', reason);
  return { mode: 'reconcile', reason, proposal: await reconcile(context, stored.checkpoint) };
}

/** The checkpoint, if the feed may be read from it; otherwise why not. */
function findResumable(
  { settings, fingerprint }: RunContext,
  { checkpoint, unreadable }: StoredCheckpoint,
  tick: Tick,
): Resumable | NeedsListing {
  if (!checkpoint) return { reconcile: unreadable ? 'the checkpoint is unreadable' : 'the first run' };
  const { pageToken, reconciledAt, rules } = checkpoint;
  if (tick.reconcile) return { reconcile: 'it was asked for' };
  if (tick.approvedRemovals !== undefined) return { reconcile: 'removals were approved' };
  if (tick.approvedUpdates !== undefined) return { reconcile: 'updates were approved' };
  if (pageToken === null || reconciledAt === null) return { reconcile: 'no reconcile has come to its end' };
  if (checkpoint.settings !== fingerprint) return { reconcile: 'the settings changed' };
  if (rules !== rulesVersion) return { reconcile: 'the rules for metadata changed' };
  const hours = (Date.now() - Date.parse(reconciledAt)) / 3_600_000;
  // A clock that was set back must not put off the next reconcile for years.
  if (hours >= settings.reconcileEveryHours || hours < 0)
    return { reconcile: 'the last one is too long ago' };
  return { ...checkpoint, pageToken };
}

/** What is new first: where the time runs out, that is what readers miss most. */
function* inOrder(adds: Iterable<Change>, updates: Change[], removals: Change[]): Generator<Change> {
  yield* adds;
  yield* updates;
  yield* removals;
}

function planAgain(
  change: Change,
  document: BookDocument | undefined,
  mode: Settings['removals'],
): Change | undefined {
  if (change.kind === 'remove') return document && planRemoval(document, mode);
  return planBook(change.book, document);
}

function outOfTime(seconds: number, cause: unknown): DriveScanError {
  return new DriveScanError(`The run used up its ${seconds} s before it could write anything`, {
    hint: 'The library is too large to be listed and compared in that time, or Drive or Firestore is very slow. Raise RUN_SECONDS (the platform allows 540), or split the library.',
    retryable: true,
    reason: 'outOfTime',
    cause,
  });
}
