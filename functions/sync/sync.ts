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
import { openDrive } from './drive/drive-client.ts';
import { DeadlineReached, DriveScanError, Overtaken } from './errors.ts';
import type { Tick } from './event.ts';
import { announceHeld, guard } from './guard.ts';
import type { Logs, Progress, RunReport } from './logs.ts';
import { openReader } from './metadata/embedded/reader.ts';
import { createMeter, type Usage, usageOf } from './meter.ts';
import { planRemoval } from './plan.ts';
import { planBook } from './plan-book.ts';
import { propose } from './propose.ts';
import { createContents } from './read-contents.ts';
import type { Proposal, RunContext } from './run.ts';
import { createDeadline, createRetry } from './run-time.ts';
import { createTally, type Tally } from './tally.ts';

/** How a run ended: all done, or not all and the rest is another run's. */
export type Outcome =
  | ({ kind: 'completed' } & RunReport)
  | ({ kind: 'continues' } & Progress)
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
  const meter = createMeter();
  const tally = createTally(logs);
  const { readerFile, answerMs, retryBaseMs: baseMs } = options;
  const reader = settings.embeddedMetadata !== 'off' && readerFile ? openReader(readerFile) : undefined;
  const fingerprint = fingerprintOf(settings);

  function open(seconds: number): RunContext {
    const deadline = createDeadline(seconds, answerMs);
    const retry = createRetry({ logs, deadline, ...(baseMs === undefined ? {} : { baseMs }) });
    const shared = { settings, meter, retry, deadline, logs, reader, fingerprint, withShare };
    return { ...shared, catalog: openCatalog(shared), drive: openDrive(shared) };
  }
  async function withShare<T>(seconds: number, work: (share: RunContext) => Promise<T>): Promise<T> {
    const share = open(seconds);
    try {
      return await work(share);
    } finally {
      await close(share);
    }
  }
  const progress = () => ({
    ...tally.counts,
    usage: usageOf(meter),
    durationMs: Math.round(performance.now() - began),
  });

  const context = open(settings.runSeconds);
  try {
    for (let tries = 1; tries <= mostTries; tries++) {
      try {
        const report = { ...(await runOnce(context, tick, tally)), ...progress() };
        logs.runCompleted(report);
        return { kind: 'completed', ...report };
      } catch (error) {
        if (error instanceof DeadlineReached && meter.commits > 0)
          return { kind: 'continues', ...progress() };
        if (error instanceof DeadlineReached) throw outOfTime(settings.runSeconds, error);
        if (!(error instanceof Overtaken)) throw error;
        logs.runOvertaken(tries);
      }
    }
    // Others keep writing, so the catalog is being made true without us.
    return { kind: 'overtaken', usage: usageOf(meter) };
  } catch (error) {
    logs.runFailed(error, usageOf(meter));
    throw error;
  } finally {
    context.deadline.end();
    await reader?.close();
    await close(context);
  }
}

async function close({ deadline, catalog }: RunContext): Promise<void> {
  deadline.end();
  await catalog.close();
}

async function runOnce(
  context: RunContext,
  tick: Tick,
  tally: Tally,
): Promise<Omit<RunReport, keyof Progress>> {
  const { catalog, logs } = context;
  const stored = await catalog.readCheckpoint();
  if (stored.unreadable) logs.checkpointUnreadable(stored.unreadable);
  const { mode, reason, proposal, putOff } = await propose(context, stored, tick);
  if (proposal) {
    for (const { driveId, current, other } of proposal.doubles)
      logs.duplicateDocuments(driveId, current, other);
    await applyGuarded(context, { stored, proposal, mode, tick, tally }).catch((error) => {
      // That what the feed told did not fit either is the lesser news.
      throw putOff && error instanceof DeadlineReached ? putOff : error;
    });
    if (proposal.gap) throw proposal.gap;
  }
  const final = proposal?.final ?? stored.checkpoint;
  announceHeld(logs, final, proposal);
  if (putOff) throw putOff;
  return {
    mode,
    reason,
    held: final?.held?.count ?? 0,
    heldUpdates: final?.heldUpdates?.count ?? 0,
    books: final?.books ?? 0,
  };
}

/** What the guards let pass, written together with the checkpoint, which is completed here. */
async function applyGuarded(
  context: RunContext,
  {
    stored,
    proposal,
    mode,
    tick,
    tally,
  }: {
    stored: StoredCheckpoint;
    proposal: Proposal;
    mode: RunReport['mode'];
    tick: Tick;
    tally: Tally;
  },
): Promise<void> {
  const { catalog, settings, deadline } = context;
  const { updates, removals, ...held } = guard(proposal, mode, tick);
  Object.assign(proposal.final, held);
  const restored = updates.filter(({ kind }) => kind === 'restore').length;
  const left = removals.filter((change) => change.kind === 'remove' && !change.read.removed).length;
  proposal.final.books = proposal.books + proposal.adds.size + restored - left;
  const isNothing = proposal.adds.size + updates.length + removals.length === 0;
  if (isNothing && (proposal.gap || isDeepStrictEqual(proposal.final, stored.checkpoint))) return;
  const applying = {
    catalog,
    deadline,
    writesPerSecond: settings.writesPerSecond,
    prepare: createContents(context),
    replan: (change: Change, document: BookDocument | undefined) =>
      planAgain(change, document, settings.removals),
    onApplied: tally.count,
  };
  await apply(applying, {
    changes: inOrder(proposal.adds, updates, removals),
    meanwhile: proposal.meanwhile,
    final: proposal.final,
    replaces: stored.updateTime,
  });
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
