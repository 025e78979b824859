/** `catalog-sync doctor`: checks everything a run needs, one check at a time. */
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
  /** The folder that contains `.env.<environment>`. */
  root: string;
  /** Called with each finding as soon as it is known. */
  onFinding?: (finding: Finding) => void;
}

export interface ExamineOptions {
  onFinding?: (finding: Finding) => void;
  now?: () => number;
  /** The timeout of one call, in milliseconds. */
  callTimeoutMs?: number;
  /** The delay before the second and last attempt, in milliseconds. */
  retryMs?: number;
}

/** The deadline for all checks together, in seconds. */
const maxSeconds = 900;

/**
 * Checks an environment: first its settings file, then everything that a run with these settings would use.
 *
 * @returns a finding for each of `titles`. If the settings cannot be used, no service is called
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
 * Runs all checks except that of the settings file. Skips a check if one that it needs failed.
 *
 * Leaves nothing behind: it creates one document and deletes it (see firestore.ts).
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
  return { check, status: 'unchecked', said: `requires "${titles[needs]}"`, todo: [] };
}

/** Retries once, to tell a transient error from a permanent one. A run retries longer, but here a person is waiting. */
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
