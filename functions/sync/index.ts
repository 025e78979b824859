/** Where the platform enters: one Pub/Sub CloudEvent, one run. */
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

// Stack traces then name our sources, not columns of the one bundled line. The map is read when there is one to print.
process.setSourceMapsEnabled(true);

/** Made beside this bundle by functions/bundle.ts; loaded only where embedded metadata is read. */
const readerFile = path.join(__dirname, 'embedded.mjs');

/** The exit code the framework gives a crash. */
const crashed = 16;

const settings = start();
const logs = createLogs(
  jsonLines((line) => process.stdout.write(line)),
  createRedactor(secretValues(process.env)),
);

// Before the framework's own handlers, which print what was thrown as it is, past the redactor.
for (const crash of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(crash, (error: unknown) => {
    logs.runFailed(error);
    process.exit(crashed);
  });
cloudEvent('sync', (event: unknown) => handle(event, settings, logs));

/** Settings are checked when an instance starts, so that a deploy with wrong ones fails, not the first run of the night. */
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
 * Runs the sync for one event. Throwing asks the platform to deliver the event again, which is right only where
 * another try can help; every failure has been logged by then.
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
    if (outcome.kind === 'continues') await proceed(request, outcome, settings, logs);
  } catch (error) {
    if (isRetryable(error)) throw new DeliverAgain();
  }
}

/** What the platform gets to see of a failure: the framework prints it as it is, and all else stands in the log. */
class DeliverAgain extends Error {
  constructor() {
    super('The event is to be delivered again; the line with run_failed says why.');
    this.stack = this.message;
  }
}

async function proceed(
  request: RunRequest,
  progress: Progress,
  { continueTopic }: Settings,
  logs: Logs,
): Promise<void> {
  if (!continueTopic) return logs.runContinues('the next tick goes on', progress);
  try {
    await publishContinuation(continueTopic, request);
  } catch (error) {
    logs.runFailed(error, progress.usage);
    throw error;
  }
  logs.runContinues('a message was published to go on at once', progress);
}
