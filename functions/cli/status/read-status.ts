/** Reads the status of an environment: a few documents, and one call to Drive. */
import type { Firestore } from 'firebase-admin/firestore';
import { type EnvironmentName, environments } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import type { Checkpoint, StoredCheckpoint } from '../../sync/catalog/checkpoint.ts';
import { connect } from '../../sync/catalog/connection.ts';
import { catalogTimeout } from '../../sync/catalog/errors.ts';
import { createFirestoreCall, type FirestoreCall } from '../../sync/catalog/firestore-call.ts';
import { openRun, type RunOptions } from '../../sync/context.ts';
import { fingerprintOf, type Settings } from '../../sync/core/config.ts';
import { DeadlineReached, DriveScanError } from '../../sync/core/errors.ts';
import { createLogs } from '../../sync/core/logs.ts';
import type { Redact } from '../../sync/core/redact.ts';
import type { Meter } from '../../sync/core/usage.ts';
import type { DriveClient } from '../../sync/drive/client.ts';
import { driveTimeout } from '../../sync/drive/errors.ts';
import { describeFile } from '../../sync/metadata/file-name/describe-file.ts';
import { chooseMode } from '../../sync/plan/choose-mode.ts';
import { plainRequest } from '../../sync/trigger/event.ts';
import { failureDocumentOf } from '../shared/failure.ts';
import {
  type Authorless,
  attentionOf,
  heldOf,
  lastSuccessOf,
  type StatusDocument,
  type Waiting,
} from './status-document.ts';

/** Short, because a person is waiting: the timeout of one call in milliseconds, the deadline of all in seconds. */
const limits = { callTimeoutMs: 15_000, seconds: 60 };
/** How many documents without an author are read, and how many of their file names are shown. */
const maxExamined = 20;
const maxNames = 10;
/** How many checkpoints of other folders are listed. */
const maxOthers = 10;

export interface ReadStatusOptions extends Pick<RunOptions, 'retryBaseMs' | 'callTimeoutMs' | 'signal'> {
  environment: EnvironmentName;
  run: RunSettings;
  redact: Redact;
  /** The deadline for everything, in seconds. Default: 60. */
  seconds?: number;
}

/**
 * Reads at most 32 documents, runs one count (one read per 1,000 books without an author), and makes one call to Drive.
 *
 * @throws SyncError if Firestore cannot be read. If Drive cannot be read, the result says so
 */
export async function readStatus(options: ReadStatusOptions): Promise<StatusDocument> {
  const {
    environment,
    run,
    redact,
    seconds = limits.seconds,
    callTimeoutMs = limits.callTimeoutMs,
    ...rest
  } = options;
  const settings = { ...run.settings, runSeconds: seconds };
  const { context, close } = openRun(
    settings,
    createLogs(() => {}, redact),
    { ...rest, callTimeoutMs },
  );
  const { catalog, drive, deadline, meter } = context;
  const { firestore, track, close: disconnect } = connect(settings, deadline);
  try {
    const stored = await catalog.readCheckpoint();
    const { checkpoint } = stored;
    const sources = { firestore, settings, meter, call: createFirestoreCall({ ...context, track }) };
    const [waiting, otherCheckpoints, authorless] = await Promise.all([
      readWaiting(drive, checkpoint, redact, seconds),
      findOthers(sources),
      findAuthorless(sources),
    ]);
    const status = {
      environment,
      folder: settings.folder.id,
      project: settings.projectId,
      database: settings.databaseId,
      collection: settings.collection,
      paused: run.values.PAUSED ? run.values.PAUSED === 'true' : environments[environment].paused,
      everRan: stored.updateTime !== undefined,
      lastSuccess: lastSuccessOf(checkpoint),
      waiting,
      books: checkpoint?.books ?? null,
      held: heldOf(environment, checkpoint),
      nextReconcile: nextReconcileOf(stored, settings),
      authorless,
      otherCheckpoints,
      runs: checkpoint?.runs ?? [],
      cost: { reads: meter.reads, driveCalls: meter.driveCalls },
    };
    const attention = attentionOf(status, checkpoint, Date.now());
    return redact({ ...status, attention }) as StatusDocument;
  } catch (error) {
    throw error instanceof DeadlineReached ? catalogTimeout('reading the status', seconds * 1_000) : error;
  } finally {
    await disconnect();
    await close();
  }
}

/** Reads the changes that no run has seen. They show how fresh the catalog is, although idle runs leave no trace. */
async function readWaiting(
  drive: DriveClient,
  checkpoint: Checkpoint | undefined,
  redact: Redact,
  seconds: number,
): Promise<Waiting | null> {
  if (!checkpoint || checkpoint.pageToken === null) return null;
  const nothing = { changes: 0, more: false, oldest: null };
  try {
    const page = await drive.changes(checkpoint.pageToken, checkpoint.sharedDriveId ?? undefined);
    const times = page.entries.flatMap((entry) => ('time' in entry && entry.time ? [entry.time] : []));
    return {
      changes: page.entries.length,
      more: page.nextPageToken !== undefined,
      oldest: times.sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null,
      problem: null,
    };
  } catch (error) {
    // If Drive rejects the page token, the next run reconciles. A person has nothing to do.
    if (error instanceof DriveScanError && [400, 404, 410].includes(error.status ?? 0)) return null;
    const isLate = error instanceof DeadlineReached;
    const problem = isLate ? driveTimeout('reading the changes feed', seconds * 1_000) : error;
    return { ...nothing, problem: failureDocumentOf(problem, redact) };
  }
}

interface StatusSources {
  firestore: Firestore;
  settings: Settings;
  meter: Meter;
  call: FirestoreCall;
}

async function findOthers({
  firestore,
  settings,
  meter,
  call,
}: StatusSources): Promise<StatusDocument['otherCheckpoints']> {
  const query = firestore
    .collection(settings.stateCollection)
    .select('books', 'reconciledAt', 'format')
    .limit(maxOthers + 1);
  const { docs, size } = await call('listing other checkpoints', () => query.get());
  meter.add('reads', Math.max(1, size));
  return docs
    .filter((document) => document.id !== settings.folder.id && document.get('format') !== undefined)
    .slice(0, maxOthers)
    .map((document) => ({
      folder: document.id,
      books: typeof document.get('books') === 'number' ? document.get('books') : null,
      reconciledAt: typeof document.get('reconciledAt') === 'string' ? document.get('reconciledAt') : null,
    }));
}

/** Filters by equality only, because every collection has that index. Such a filter cannot exclude removed books. */
async function findAuthorless({ firestore, settings, meter, call }: StatusSources): Promise<Authorless> {
  const without = firestore.collection(settings.collection).where('author', '==', null);
  const counted = await call('counting books without an author', () => without.count().get());
  const { count } = counted.data();
  meter.add('reads', Math.max(1, Math.ceil(count / 1_000)));
  if (count === 0) return { count, exact: true, files: [] };

  const query = without
    .select('original_filename', 'removed_date', 'sync.written', 'author')
    .limit(maxExamined);
  const { docs, size } = await call('reading books without an author', () => query.get());
  meter.add('reads', Math.max(1, size));
  const open = docs.flatMap((document) => {
    const name: unknown = document.get('original_filename');
    if (document.get('removed_date') || typeof name !== 'string') return [];
    // A person who cleared the author knows better than the file name.
    const isCorrected = typeof document.get('sync.written.author') === 'string';
    return !isCorrected && describeFile(name).problem ? [name] : [];
  });
  const exact = size === count;
  return { count: exact ? open.length : count, exact, files: open.slice(0, maxNames) };
}

function nextReconcileOf(stored: StoredCheckpoint, settings: Settings): StatusDocument['nextReconcile'] {
  const mode = chooseMode({ fingerprint: fingerprintOf(settings), settings }, stored, plainRequest);
  if (mode.kind === 'reconcile') return { due: null, reason: mode.reason };
  const { reconciledAt, reconcileTriedAt } = mode.from;
  if (reconciledAt === null) return null;
  const due = new Date(Date.parse(reconciledAt) + settings.reconcileEveryHours * 3_600_000).toISOString();
  return {
    due,
    reason: reconcileTriedAt
      ? `every ${settings.reconcileEveryHours} h; the last attempt, at ${reconcileTriedAt}, did not fit into its run`
      : `every ${settings.reconcileEveryHours} h`,
  };
}
