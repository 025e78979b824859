/** Plays one history from its initial state to the final checks. */
import type { StoredDocument } from './documents.ts';
import {
  canReachGuard,
  clearUnreported,
  describeEnding,
  expectCompleted,
  expectCorrect,
  expectGuardRespected,
  expectNothingRemoved,
  fail,
  isExpectedError,
  kindOf,
  mayLoseOnlyRoot,
} from './expectations.ts';
import { allowed } from './findings.ts';
import { type Fixture, type FixtureOptions, openFixture } from './fixture.ts';
import { isRootAvailable, libraryOf } from './library.ts';
import { advanceClock, changeDriveAndModel } from './model.ts';
import type {
  CatalogOperation,
  DriveOperation,
  History,
  Operation,
  RunOperation,
  RunRequestKind,
} from './operations.ts';
import { changeCatalog } from './others.ts';
import { describeDisturbance, type Ending, runOnce } from './runs.ts';
import { count, type Statistics } from './statistics.ts';
import { changeDrive, operationsToRestoreRoot } from './workspace.ts';

/** For how many operations in a row the root may be unavailable. */
const maxRootAbsence = 3;

/** @throws Divergence if the catalog is incorrect or a run misbehaves */
export async function play(history: History, statistics: Statistics, options: FixtureOptions): Promise<void> {
  const fixture = await openFixture(history.initial, statistics, options);
  const { sharedDrive, removals, files, folders, large, pages } = history.initial;
  fixture.log.push(
    `library of ${files} files in ${folders} folders${large ? ', and two folders of 205 books' : ''}, in ${sharedDrive ? 'a shared drive' : 'My Drive'}; REMOVALS=${removals}; page sizes: ${pages.length ? pages.join(', ') : 'full'}`,
  );
  if (large) count(statistics.events, 'the initial library needed more than one commit');
  try {
    for (const operation of history.operations) {
      await perform(fixture, operation);
      await limitRootAbsence(fixture);
    }
    await checkFinalState(fixture);
    statistics.histories += 1;
  } finally {
    await fixture.close();
  }
}

/** While the root is unavailable, every run fails and a history proves little. So it is restored soon. */
async function limitRootAbsence(fixture: Fixture): Promise<void> {
  const { workspace } = fixture;
  fixture.rootAbsentFor = isRootAvailable(workspace.drive, workspace.root) ? 0 : fixture.rootAbsentFor + 1;
  if (fixture.rootAbsentFor < maxRootAbsence) return;
  for (const operation of operationsToRestoreRoot(workspace)) await applyChange(fixture, operation, '');
}

async function perform(fixture: Fixture, operation: Operation): Promise<void> {
  const { workspace, model, statistics, log } = fixture;
  switch (operation.kind) {
    case 'run':
      await runAndCheck(fixture, operation);
      break;
    case 'delayFeed':
      workspace.drive.feeds.delay(operation.entries);
      fixture.delayedEntries = operation.entries;
      if (operation.entries > 0) count(statistics.events, 'the changes feed was delayed');
      log.push(`from now on, the newest ${operation.entries} entries of the changes feed are withheld`);
      break;
    case 'repeatFeedEntries':
      workspace.drive.feeds.repeat(true);
      if (fixture.driveEmulator.behavior.shortPages.length === 0) setPages(fixture);
      count(statistics.events, 'the changes feed repeated entries');
      log.push(
        'from now on, each page of the changes feed repeats an entry of the previous page, and pages are short',
      );
      break;
    case 'expirePageTokens':
      workspace.drive.feeds.expireTokens(operation.status);
      log.push(`the page tokens of the changes feed expire: Drive rejects them with ${operation.status}`);
      break;
    case 'expireAccessTokens':
      fixture.driveEmulator.expireTokens();
      log.push('the access tokens expire');
      break;
    case 'switchRemovals':
      model.removals = model.removals === 'mark' ? 'delete' : 'mark';
      advanceClock(model, workspace);
      log.push(`the setting REMOVALS changes to ${model.removals}`);
      break;
    default:
      await applyChange(fixture, operation, '');
      return;
  }
  count(statistics.operations, operation.kind);
}

function setPages({ driveEmulator }: Fixture): void {
  Object.assign(driveEmulator.behavior, { shortPages: [2, 1] });
}

async function applyChange(
  fixture: Fixture,
  operation: DriveOperation | CatalogOperation,
  indent: string,
): Promise<void> {
  const { workspace, model, statistics, log, documents } = fixture;
  const isCatalogOperation =
    operation.kind === 'correct' || operation.kind === 'embed' || operation.kind === 'addForeign';
  if (isCatalogOperation) {
    model.clock += 1;
    advanceClock(model, workspace);
    const description = await changeCatalog({ documents, model, workspace }, operation);
    if (description === undefined) return;
    log.push(indent + description);
    const events = {
      correct: 'a person corrected a field',
      embed: 'the embedder wrote to a document',
      addForeign: 'another program added a document',
    };
    count(statistics.events, events[operation.kind]);
  } else {
    if ((indent !== '' || fixture.delayedEntries > 0) && changesFolderVisibility(operation))
      fixture.mayHaveMissedFolder = true;
    const unreportedBefore = model.unreported?.since;
    const done = changeDriveAndModel(model, workspace, operation);
    if (!done) return;
    log.push(indent + done.description);
    for (const effect of done.effects) count(statistics.events, effect);
    if (operation.kind === 'root') count(statistics.events, 'the root was unavailable');
    if (model.unreported && model.unreported.since !== unreportedBefore)
      count(statistics.events, 'a change was not reported by the changes feed');
  }
  count(statistics.operations, operation.kind);
}

/** Runs the sync. After an undisturbed run with an up-to-date changes feed, checks the catalog immediately. */
async function runAndCheck(
  fixture: Fixture,
  { request, disturbance, hoursLater }: RunOperation,
): Promise<void> {
  const { log, model } = fixture;
  if (hoursLater) await simulateHoursPassing(fixture);
  const line = log.push(`run (${request}${describeDisturbance(disturbance)})`) - 1;
  const requests = [request, disturbance.kind === 'overlap' ? disturbance.request : request];
  const approved = requests.includes('approve') ? fixture.lastHeld : 0;
  const mayLoseRoot = mayLoseOnlyRoot(fixture, disturbance);
  const isWatched = mayLoseRoot || canReachGuard(fixture);
  const before = isWatched ? await fixture.documents.list() : [];
  const began = model.clock;
  model.runStartedAt = began;
  const endings = await runOnce(fixture, request, disturbance, async () => {
    if (disturbance.kind !== 'change' && disturbance.kind !== 'overlap') return;
    for (const operation of disturbance.operations)
      if (allowed.hidingFolderDuringRun || !changesFolderVisibility(operation))
        await applyChange(fixture, operation, '    during the run: ');
  });
  model.runStartedAt = undefined;
  log[line] += `: ${endings.map(describeEnding).join(' | ')}`;
  for (const ending of endings) {
    count(fixture.statistics.runs, kindOf(ending));
    const isBug = ending.kind === 'failed' && !isExpectedError(ending.error);
    if (isBug)
      fail(fixture, [
        `the run threw an error that is not a SyncError: ${String((ending.error as Error)?.stack)}`,
      ]);
  }
  const after = isWatched ? await fixture.documents.list() : [];
  expectGuardRespected(fixture, before, after, { runs: endings.length, approved });
  if (mayLoseRoot) expectNothingRemoved(fixture, before, after);
  if (disturbance.kind !== 'none') return;
  if (!isRootAvailable(fixture.workspace.drive, fixture.workspace.root)) return;
  expectCompleted(fixture, endings[0]);
  clearUnreported(fixture, endings[0], began);
  if (fixture.delayedEntries === 0) await expectCorrect(fixture, endings[0]);
}

function changesFolderVisibility(operation: DriveOperation | CatalogOperation): boolean {
  if (operation.kind === 'root') return true;
  if (operation.kind === 'untrash' || operation.kind === 'show') return true;
  return (operation.kind === 'hide' || operation.kind === 'trash') && operation.what === 'folder';
}

/**
 * Simulates that hours have passed, by moving the time of the last listing in the checkpoint back. Only then does the
 * sync trust what the changes feed reports about folders. Does nothing if a listing may have missed a folder: the sync
 * relies on the runs of those hours to notice that, and here they did not take place.
 */
async function simulateHoursPassing({ state, mayHaveMissedFolder, log, statistics }: Fixture): Promise<void> {
  const [checkpoint] = mayHaveMissedFolder ? [] : await state.list();
  if (typeof checkpoint?.fields.listedUntil !== 'string') return;
  await state.patch(checkpoint, { listedUntil: '2020-01-01T00:00:00.000Z' });
  count(statistics.events, 'hours passed between runs');
  log.push('hours pass');
}

/**
 * Ends the history: restores the root and the feed, then expects one plain run to make the catalog correct and a
 * reconcile to change only what an incremental run may miss.
 */
async function checkFinalState(fixture: Fixture): Promise<void> {
  const { workspace, log, model } = fixture;
  log.push('--- end of all disturbances; final checks follow');
  for (const operation of operationsToRestoreRoot(workspace))
    log.push(changeDrive(workspace, operation)?.description ?? '');
  model.library = libraryOf(workspace.drive, workspace.root);
  advanceClock(model, workspace);
  workspace.drive.feeds.delay(0);
  fixture.delayedEntries = 0;

  const first = await finalRun(fixture, 'plain');
  const { documents, mayChange } = await expectCorrect(fixture, first);
  const second = await finalRun(fixture, 'reconcile');
  const after = await expectCorrect(fixture, second);
  const unexpected = changesBetween(documents, after.documents).filter((docId) => !mayChange.has(docId));
  if (unexpected.length > 0)
    fail(
      fixture,
      unexpected.map((docId) => `the forced reconcile changed ${docId}, which was correct before it`),
    );
  if (fixture.lastHeld === 0) return;

  const third = await finalRun(fixture, 'approve');
  await expectCorrect(fixture, third);
  if (fixture.lastHeld !== 0)
    fail(fixture, [`${fixture.lastHeld} removals are still held although they were approved`]);
}

async function finalRun(fixture: Fixture, request: RunRequestKind): Promise<Ending | undefined> {
  const [ending] = await runOnce(fixture, request, { kind: 'none' }, async () => {});
  fixture.log.push(`run (${request}): ${ending && describeEnding(ending)}`);
  if (ending) count(fixture.statistics.runs, kindOf(ending));
  expectCompleted(fixture, ending);
  clearUnreported(fixture, ending, fixture.model.clock);
  return ending;
}

function changesBetween(before: StoredDocument[], after: StoredDocument[]): string[] {
  const times = new Map(before.map(({ docId, updateTime }) => [docId, updateTime]));
  const changed = after.filter(({ docId, updateTime }) => times.get(docId) !== updateTime);
  const remaining = new Set(after.map(({ docId }) => docId));
  return [
    ...changed.map(({ docId }) => docId),
    ...[...times.keys()].filter((docId) => !remaining.has(docId)),
  ];
}
