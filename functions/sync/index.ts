/** The entry point of the deployed function: each Pub/Sub CloudEvent starts one run. */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { cloudEvent } from '@google-cloud/functions-framework';
import { readSettings, type Settings, secretValues } from './core/config.ts';
import { isRetryable } from './core/errors.ts';
import { createLogs, jsonLines, type Logs, type Progress } from './core/logs.ts';
import { createRedactor } from './core/redact.ts';
import { sync } from './sync.ts';
import { publishContinuation } from './trigger/continuation.ts';
import { type RunRequest, readEvent, requestedActions } from './trigger/event.ts';

// Makes stack traces point to the source files instead of a column in the one-line bundle. The source map is read
// only when a stack trace is printed.
process.setSourceMapsEnabled(true);

/** Built next to this bundle by functions/bundle.ts. Loaded only when embedded metadata is read. */
const readerFile = path.join(__dirname, 'embedded.mjs');

/** The exit code that the Functions Framework uses for a crash. */
const crashed = 16;

const settings = start();
const logs = createLogs(
  jsonLines((line) => process.stdout.write(line)),
  createRedactor(secretValues(process.env)),
);

// Registered before the framework's own handlers, which would print the error without redacting it.
for (const crash of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(crash, (error: unknown) => {
    logs.runFailed(error);
    process.exit(crashed);
  });
cloudEvent('sync', (event: unknown) => handle(event, settings, logs));

/** Validates the settings when an instance starts, so that invalid settings fail the deploy and not a later run. */
function start(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    const out = jsonLines((line) => writeSync(process.stderr.fd, line));
    createLogs(out, createRedactor(secretValues(process.env))).runFailed(error);
    process.exit(1);
  }
}

/**
 * Runs the sync for one event. Throwing makes the platform deliver the event again, so it throws only if another try
 * can help. Every failure is already logged at that point.
 */
async function handle(event: unknown, settings: Settings, logs: Logs): Promise<void> {
  const { request, publishedAt, warnings } = readEvent(event);
  for (const warning of warnings) logs.unexpectedEvent(warning, requestedActions(request));
  const ageMinutes = publishedAt ? Math.floor((Date.now() - publishedAt.getTime()) / 60_000) : 0;
  if (ageMinutes >= settings.eventMaxAgeMinutes) {
    logs.eventSkipped(ageMinutes, settings.eventMaxAgeMinutes, requestedActions(request));
    return;
  }
  try {
    const outcome = await sync(request, settings, logs, { readerFile });
    if (outcome.kind === 'continues') await continueLater(request, outcome, settings, logs);
  } catch (error) {
    if (isRetryable(error)) throw new DeliverAgain();
  }
}

/** The error that the platform sees. The framework prints it unredacted, so all details are in the log only. */
class DeliverAgain extends Error {
  constructor() {
    super('The run failed and its event will be delivered again. The log line run_failed has the cause.');
    this.stack = this.message;
  }
}

async function continueLater(
  request: RunRequest,
  progress: Progress,
  { continueTopic }: Settings,
  logs: Logs,
): Promise<void> {
  if (!continueTopic) return logs.runContinues('the next scheduled run continues', progress);
  try {
    await publishContinuation(continueTopic, request);
  } catch (error) {
    logs.runFailed(error, progress.usage);
    throw error;
  }
  logs.runContinues('a continuation was published', progress);
}
