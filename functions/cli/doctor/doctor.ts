/** `catalog-sync doctor`: everything a run needs, checked one by one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import { openCatalog } from '../../sync/catalog/catalog.ts';
import { connect as connectCatalog } from '../../sync/catalog/connection.ts';
import { secretValues } from '../../sync/core/config.ts';
import { createDeadline } from '../../sync/core/deadline.ts';
import { isRetryable, SyncError } from '../../sync/core/errors.ts';
import { createRedactor } from '../../sync/core/redact.ts';
import type { Retry } from '../../sync/core/retry.ts';
import { createMeter } from '../../sync/core/usage.ts';
import { openDrive } from '../../sync/drive/client.ts';
import { connect as connectDrive } from '../../sync/drive/connection.ts';
import { adviceOn } from './advice.ts';
import { type Check, type CheckName, type Finding, type Subject, titles } from './check.ts';
import { clock } from './checks/clock.ts';
import { driveApi, driveScope, driveToken } from './checks/drive-access.ts';
import { firestore, firestoreWrite } from './checks/firestore.ts';
import { changesFeed, contents, folder } from './checks/folder.ts';
import { catalogIdentity, driveIdentity } from './checks/identities.ts';
import { lastRun } from './checks/last-run.ts';
import { checkSettingsFile } from './checks/settings-file.ts';

const checks: readonly Check[] = [
  driveIdentity,
  catalogIdentity,
  clock,
  driveToken,
  driveScope,
  driveApi,
  folder,
  contents,
  changesFeed,
  firestore,
  firestoreWrite,
  lastRun,
];

export interface DoctorOptions {
  environment: EnvironmentName;
  /** The folder `.env.<environment>` lies in. */
  root: string;
  /** Is told each finding as soon as there is one. */
  onFinding?: (finding: Finding) => void;
}

export interface ExamineOptions {
  onFinding?: (finding: Finding) => void;
  now?: () => number;
  /** How long one answer may take, in milliseconds. */
  callTimeoutMs?: number;
  /** The wait before the second and last try, in milliseconds. */
  retryMs?: number;
}

/** The longest an examination may take, in seconds. */
const maxSeconds = 900;

/**
 * Checks an environment: its file, then everything a run with it would meet.
 *
 * @returns a finding for each of `titles`; without usable settings nothing is contacted
 */
export async function diagnose({
  environment,
  root,
  onFinding = () => {},
}: DoctorOptions): Promise<Finding[]> {
  const { finding, run } = checkSettingsFile(environment, root);
  onFinding(finding);
  if (run) return [finding, ...(await examine(environment, run, { onFinding }))];
  const rest = checks.map(({ name }) => unchecked(name, 'settings'));
  for (const one of rest) onFinding(one);
  return [finding, ...rest];
}

/**
 * Checks everything but the file. What depends on a check that failed is not checked; everything else is.
 *
 * It leaves nothing behind: one document is made and deleted (see firestore.ts).
 */
export async function examine(
  environment: EnvironmentName,
  run: RunSettings,
  { onFinding = () => {}, now = Date.now, callTimeoutMs = 20_000, retryMs = 1_000 }: ExamineOptions = {},
): Promise<Finding[]> {
  const deadline = createDeadline(maxSeconds, callTimeoutMs);
  const retry = tryTwice(retryMs);
  const { settings } = run;
  const shared = { settings, meter: createMeter(), retry, deadline };
  const subject: Subject = {
    ...run,
    environment,
    deadline,
    retry,
    now,
    drive: openDrive(shared),
    driveConnection: connectDrive(settings, deadline),
    catalog: openCatalog(shared),
    catalogConnection: connectCatalog(settings, deadline),
    found: {},
  };
  const redact = createRedactor(secretValues(run.values));
  const findings = new Map<CheckName, Finding>();
  try {
    for (const check of checks) {
      const failed = check.needs.find((name) => isFailed(findings.get(name)));
      const finding = failed ? unchecked(check.name, failed) : await runCheck(check, subject);
      const clean = redact(finding) as Finding;
      findings.set(check.name, clean);
      onFinding(clean);
    }
    return [...findings.values()];
  } finally {
    deadline.end();
    subject.driveConnection.close();
    await Promise.all([subject.catalog.close(), subject.catalogConnection.close()]);
  }
}

async function runCheck(check: Check, subject: Subject): Promise<Finding> {
  try {
    const { status = 'ok', said, todo = [] } = await check.run(subject);
    return { check: check.name, status, said, todo };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return {
      check: check.name,
      status: 'todo',
      said: error.message,
      todo: [error.hint, ...adviceOn(error, check.side, subject)],
    };
  }
}

function isFailed(finding: Finding | undefined): boolean {
  return finding?.status === 'todo' || finding?.status === 'unchecked';
}

function unchecked(check: CheckName, needs: CheckName): Finding {
  return { check, status: 'unchecked', said: `not checked: needs "${titles[needs]}"`, todo: [] };
}

/** A second try tells a hiccup from a fault; a run would try for longer, but nobody waits for a run. */
function tryTwice(waitMs: number): Retry {
  return async (_, attempt) => {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      await sleep(waitMs);
      return await attempt();
    }
  };
}
