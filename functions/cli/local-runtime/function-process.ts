/**
 * Runs the deployed function on this machine: the built bundle, in the Functions Framework, in a separate process.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bundleDirectory } from '../../bundle.ts';
import { spawnChild, waitForPort } from './child-process.ts';
import { getFreePort } from './ports.ts';

export interface FunctionProcess {
  /** Delivers one Pub/Sub message as a push subscription does. Resolves when the function has responded. */
  deliver(message?: Message): Promise<{ status: number }>;
  /** The endpoint for a push subscription. */
  url: string;
  stop(): Promise<void>;
}

export interface FunctionProcessOptions {
  /** The settings of the function. */
  environment: Record<string, string>;
  /** Called with each line that the function writes. */
  onLine: (line: string) => void;
  /** The folder of the bundle. It must be inside the project, which has the Functions Framework. */
  source?: string;
  /** The Node binary to run it with. */
  node?: string;
}

/** A Pub/Sub message as a push subscription delivers it. Omitted fields are as the scheduler sends them. */
export interface Message {
  data?: unknown;
  attributes?: Record<string, string>;
  publishTime?: string;
}

/**
 * Starts the bundle and waits until it accepts connections.
 *
 * @throws Error if the function does not start; its output has been passed to `onLine`
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
      // Pass on only the variables that every process needs: the function must work with its settings alone.
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
