/** Plays one history from its beginning to the judgement. */
import type { StoredDocument } from './documents.ts';
import { doIt, rootBack } from './estate.ts';
import {
  describeEnding,
  expectCompleted,
  expectGuarded,
  expectNothingGone,
  expectRight,
  fail,
  forgetBlindness,
  isAnError,
  kindOf,
  mayLoseTheRoot,
  mayMeetTheGuard,
} from './expectations.ts';
import { allowed } from './findings.ts';
import { mutate, tickClock } from './ledger.ts';
import { isRootThere, libraryOf } from './library.ts';
import type {
  CatalogOperation,
  DriveOperation,
  History,
  Operation,
  RunOperation,
  TickKind,
} from './operations.ts';
import { act } from './others.ts';
import { describeTrouble, type Ending, runOnce } from './runs.ts';
import { openSchool, type School, type SchoolOptions } from './school.ts';
import { count, type Statistics } from './statistics.ts';

/** For how many operations the root may be away. */
const longestAway = 3;

/** @throws Divergence */
export async function play(history: History, statistics: Statistics, options: SchoolOptions): Promise<void> {
  const school = await openSchool(history.beginning, statistics, options);
  const { sharedDrive, removals, files, folders, large, pages } = history.beginning;
  school.told.push(
    `library of ${files} files in ${folders} folders${large ? ' and two shelves of 205' : ''}, in ${sharedDrive ? 'a shared drive' : 'My Drive'}; removals: ${removals}; pages: ${pages.length ? pages.join(', ') : 'full'}`,
  );
  if (large) count(statistics.events, 'a commit of more than one batch');
  try {
    for (const operation of history.operations) {
      await perform(school, operation);
      await bringRootBack(school);
    }
    await judge(school);
    statistics.histories += 1;
  } finally {
    await school.close();
  }
}

/** While the root is away every run fails, and a history proves little: it never stays away for long. */
async function bringRootBack(school: School): Promise<void> {
  const { estate } = school;
  school.awayFor = isRootThere(estate.drive, estate.root) ? 0 : school.awayFor + 1;
  if (school.awayFor < longestAway) return;
  for (const operation of rootBack(estate)) await change(school, operation, '');
}

async function perform(school: School, operation: Operation): Promise<void> {
  const { estate, ledger, statistics, told } = school;
  switch (operation.kind) {
    case 'run':
      await runAndCheck(school, operation);
      break;
    case 'delay':
      estate.drive.delayFeed(operation.entries);
      school.delayed = operation.entries;
      if (operation.entries > 0) count(statistics.events, 'the feed was late');
      told.push(`the newest ${operation.entries} entries of the feed do not show from now on`);
      break;
    case 'repeat':
      estate.drive.repeatFeed(true);
      if (school.driveEmulator.behavior.shortPages.length === 0) setPages(school);
      count(statistics.events, 'the feed repeated entries');
      told.push('the feed repeats an entry on every page from now on, and pages are short');
      break;
    case 'expireFeed':
      estate.drive.expireFeedTokens(operation.status);
      told.push(`the tokens of the feed are refused with ${operation.status}`);
      break;
    case 'expireAccess':
      school.driveEmulator.expireTokens();
      told.push('the access tokens expire');
      break;
    case 'removals':
      ledger.removals = ledger.removals === 'mark' ? 'delete' : 'mark';
      tickClock(ledger, estate);
      told.push(`the setting REMOVALS becomes ${ledger.removals}`);
      break;
    default:
      await change(school, operation, '');
      return;
  }
  count(statistics.operations, operation.kind);
}

function setPages({ driveEmulator }: School): void {
  Object.assign(driveEmulator.behavior, { shortPages: [2, 1] });
}

async function change(
  school: School,
  operation: DriveOperation | CatalogOperation,
  indent: string,
): Promise<void> {
  const { estate, ledger, statistics, told, documents } = school;
  const isOthers = operation.kind === 'correct' || operation.kind === 'embed' || operation.kind === 'foreign';
  if (isOthers) {
    ledger.clock += 1;
    tickClock(ledger, estate);
    const said = await act({ documents, ledger, estate }, operation);
    if (said === undefined) return;
    told.push(indent + said);
    const events = {
      correct: 'a person corrected a field',
      embed: 'the embedder wrote',
      foreign: 'another program added a document',
    };
    count(statistics.events, events[operation.kind]);
  } else {
    if ((indent !== '' || school.delayed > 0) && takesFolderAway(operation)) school.awayUnseen = true;
    const blindBefore = ledger.blind?.since;
    const done = mutate(ledger, estate, operation);
    if (!done) return;
    told.push(indent + done.said);
    for (const effect of done.effects) count(statistics.events, effect);
    if (operation.kind === 'root') count(statistics.events, 'the root was away');
    if (ledger.blind && ledger.blind.since !== blindBefore)
      count(statistics.events, 'something happened that the feed does not tell');
  }
  count(statistics.operations, operation.kind);
}

/** A run; an undisturbed one under clear skies is held to its word at once. */
async function runAndCheck(school: School, { request, trouble, hoursLater }: RunOperation): Promise<void> {
  const { told, ledger } = school;
  if (hoursLater) await letHoursPass(school);
  const line = told.push(`run (${request}${describeTrouble(trouble)})`) - 1;
  const ticks = [request, trouble.kind === 'overlap' ? trouble.request : request];
  const approved = ticks.includes('approve') ? school.held() : 0;
  const mayLose = mayLoseTheRoot(school, trouble);
  const isWatched = mayLose || mayMeetTheGuard(school);
  const before = isWatched ? await school.documents.list() : [];
  const began = ledger.clock;
  ledger.underWay = began;
  const endings = await runOnce(school, request, trouble, async () => {
    if (trouble.kind !== 'meanwhile' && trouble.kind !== 'overlap') return;
    for (const operation of trouble.operations)
      if (allowed.folderAwayDuringRun || !takesFolderAway(operation))
        await change(school, operation, '    meanwhile: ');
  });
  ledger.underWay = undefined;
  told[line] += `: ${endings.map(describeEnding).join(' | ')}`;
  for (const ending of endings) {
    count(school.statistics.runs, kindOf(ending));
    const mistake = ending.kind === 'failed' && !isAnError(ending.error);
    if (mistake)
      fail(school, [`the run threw what is no SyncError: ${String((ending.error as Error)?.stack)}`]);
  }
  const after = isWatched ? await school.documents.list() : [];
  expectGuarded(school, before, after, { runs: endings.length, approved });
  if (mayLose) expectNothingGone(school, before, after);
  if (trouble.kind !== 'none') return;
  if (!isRootThere(school.estate.drive, school.estate.root)) return;
  expectCompleted(school, endings[0]);
  forgetBlindness(school, endings[0], began);
  if (school.delayed === 0) await expectRight(school, endings[0]);
}

function takesFolderAway(operation: DriveOperation | CatalogOperation): boolean {
  if (operation.kind === 'root') return true;
  if (operation.kind === 'untrash' || operation.kind === 'show') return true;
  return (operation.kind === 'hide' || operation.kind === 'trash') && operation.what === 'folder';
}

/**
 * Puts the last listing hours back, which is what the sync measures time by: only then does it trust the feed with
 * folders that move. Not where a folder was away unseen, which the sync is owed those hours for.
 */
async function letHoursPass({ state, awayUnseen, told, statistics }: School): Promise<void> {
  const [checkpoint] = awayUnseen ? [] : await state.list();
  if (typeof checkpoint?.fields.listedUntil !== 'string') return;
  await state.patch(checkpoint, { listedUntil: '2020-01-01T00:00:00.000Z' });
  count(statistics.events, 'hours passed between two runs');
  told.push('hours pass');
}

/** The end: all is calm, one plain run makes the catalog true, and a reconcile finds nothing that it should not. */
async function judge(school: School): Promise<void> {
  const { estate, told, ledger } = school;
  told.push('--- calm');
  for (const operation of rootBack(estate)) told.push(doIt(estate, operation)?.said ?? '');
  ledger.library = libraryOf(estate.drive, estate.root);
  tickClock(ledger, estate);
  estate.drive.delayFeed(0);
  school.delayed = 0;

  const first = await finalRun(school, 'plain');
  const { documents, mayChange } = await expectRight(school, first);
  const second = await finalRun(school, 'reconcile');
  const after = await expectRight(school, second);
  const wrong = changesBetween(documents, after.documents).filter((docId) => !mayChange.has(docId));
  if (wrong.length > 0)
    fail(
      school,
      wrong.map((docId) => `the forced reconcile changed ${docId}, which the run before it had left right`),
    );
  if (school.lastHeld === 0) return;

  const third = await finalRun(school, 'approve');
  await expectRight(school, third);
  if (school.lastHeld !== 0) fail(school, [`${school.lastHeld} removals are held though they were approved`]);
}

async function finalRun(school: School, request: TickKind): Promise<Ending | undefined> {
  const [ending] = await runOnce(school, request, { kind: 'none' }, async () => {});
  school.told.push(`run (${request}): ${ending && describeEnding(ending)}`);
  if (ending) count(school.statistics.runs, kindOf(ending));
  expectCompleted(school, ending);
  forgetBlindness(school, ending, school.ledger.clock);
  return ending;
}

function changesBetween(before: StoredDocument[], after: StoredDocument[]): string[] {
  const times = new Map(before.map(({ docId, updateTime }) => [docId, updateTime]));
  const changed = after.filter(({ docId, updateTime }) => times.get(docId) !== updateTime);
  const left = new Set(after.map(({ docId }) => docId));
  return [...changed.map(({ docId }) => docId), ...[...times.keys()].filter((docId) => !left.has(docId))];
}
