/** `catalog-sync sync --dry-run`: plans a run with the code of a real run, and stops before anything is written. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { openRun, type RunOptions } from '../../sync/context.ts';
import type { Settings } from '../../sync/core/config.ts';
import { createLogs } from '../../sync/core/logs.ts';
import type { Redact } from '../../sync/core/redact.ts';
import { usageOf } from '../../sync/core/usage.ts';
import { keptFields } from '../../sync/plan/plan-book.ts';
import { planRun } from '../../sync/plan/plan-run.ts';
import type { RunRequest } from '../../sync/trigger/event.ts';
import { failureDocumentOf } from '../shared/failure.ts';
import { type Kept, type PlanDocument, planDocumentOf } from './plan-document.ts';

export interface DryRunOptions
  extends Pick<RunOptions, 'signal' | 'onProgress' | 'retryBaseMs' | 'callTimeoutMs'> {
  environment: EnvironmentName;
  settings: Settings;
  redact: Redact;
}

/**
 * Returns what a run would do now. Reads what that run would read, except the content of books, and writes nothing.
 *
 * @throws SyncError and DeadlineReached as the run would; DeadlineReached also if `signal` aborts
 */
export async function dryRun(
  request: RunRequest,
  { environment, settings, redact, ...options }: DryRunOptions,
): Promise<PlanDocument> {
  const warnings: string[] = [];
  const logs = createLogs(({ severity, message }) => {
    if (severity === 'WARNING' || severity === 'ERROR') warnings.push(message);
  }, redact);
  // By file ID: if two documents belong to the same file, the last one reported counts.
  const kept = new Map<string, Kept>();
  const { context, close } = openRun(settings, logs, {
    ...options,
    onCompared(book, document) {
      const fields = keptFields(book, document);
      if (fields.length > 0) kept.set(document.fileId, { document, fields });
      else kept.delete(document.fileId);
    },
  });
  try {
    const planned = await planRun(context, request);
    const problem = planned.proposal?.incompleteReason ?? planned.deferredError;
    const plan = planDocumentOf({
      environment,
      planned,
      kept: [...kept.values()],
      warnings,
      problem: problem ? failureDocumentOf(problem, redact) : null,
      usage: usageOf(context.meter),
    });
    return redact(plan) as PlanDocument;
  } finally {
    await close();
  }
}
