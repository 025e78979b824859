/** The deployed function on this machine: the built bundle, behind the Functions Framework, in a process of its own. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bundleDirectory } from '../../bundle.ts';
import { spawnChild, waitForPort } from './child-process.ts';
import { getFreePort } from './ports.ts';

export interface FunctionProcess {
  /** Delivers one Pub/Sub message, as a push subscription does. Resolves when the function has answered. */
  deliver(message?: Message): Promise<{ status: number }>;
  /** Where a push subscription may deliver to. */
  url: string;
  stop(): Promise<void>;
}

export interface FunctionProcessOptions {
  /** The settings of the function. */
  environment: Record<string, string>;
  /** Takes each line the function writes. */
  onLine: (line: string) => void;
  /** Where the bundle lies; it must be below the project, which has the Functions Framework. */
  source?: string;
  /** The Node binary to run it under. */
  node?: string;
}

/** A Pub/Sub message as a push subscription delivers it; what is left out is as the scheduler sends it. */
export interface Message {
  data?: unknown;
  attributes?: Record<string, string>;
  publishTime?: string;
}

/**
 * Starts the bundle and waits until it answers.
 *
 * @throws Error where the function does not start; what it said went to `onLine`
 */
export async function startFunction({
  environment,
  onLine,
  source = bundleDirectory,
  node = process.execPath,
}: FunctionProcessOptions): Promise<FunctionProcess> {
  const port = await getFreePort();
  const { PATH, HOME, TMPDIR } = process.env;
  const framework = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@google-cloud/functions-framework')),
    'main.js',
  );
  const { process: child, stop } = spawnChild(
    node,
    [framework, '--target=sync', '--signature-type=cloudevent', `--source=${source}`, `--port=${port}`],
    {
      // Nothing of our own environment but what a process needs: the function must live on its settings alone.
      ...Object.fromEntries(
        Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined),
      ),
      NODE_ENV: 'production',
      METADATA_SERVER_DETECTION: 'none',
      ...environment,
    },
  );
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', onLine);
  const url = `http://127.0.0.1:${port}/`;
  await waitForPort(port, child);
  return {
    url,
    stop,
    async deliver(given = {}) {
      const publishTime = new Date().toISOString();
      const message = {
        data: Buffer.from('{}').toString('base64'),
        attributes: {},
        messageId: randomUUID(),
        publishTime,
        ...given,
      };
      const { status } = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': message.messageId,
          'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
          'ce-source': '//pubsub.googleapis.com/projects/local/topics/local',
          'ce-time': message.publishTime,
        },
        body: JSON.stringify({ message, subscription: 'projects/local/subscriptions/local' }),
      });
      return { status };
    },
  };
}
