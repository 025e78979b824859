/** Creates a topic and its push subscription in the Pub/Sub emulator, through the REST API. */
import { randomUUID } from 'node:crypto';

export interface Topic {
  /** `projects/P/topics/T`, the format of CONTINUE_TOPIC. */
  name: string;
  /** Publishes messages like the scheduler's in one request and returns their ids. */
  publish(...attributes: Record<string, string>[]): Promise<string[]>;
}

/**
 * Creates a topic whose messages are pushed to `endpoint`, as Eventarc's subscription does. A message that is not
 * acknowledged with a 2xx is redelivered, here after one or two seconds.
 */
export async function createTopic(host: string, endpoint: string): Promise<Topic> {
  const project = `projects/whole-path-${randomUUID().slice(0, 8)}`;
  const name = `${project}/topics/requests`;
  await call(host, 'PUT', name, {});
  await call(host, 'PUT', `${project}/subscriptions/function`, {
    topic: name,
    // The maximum, as for the deployed function: a message must not be redelivered while its run is in progress.
    ackDeadlineSeconds: 600,
    retryPolicy: { minimumBackoff: '1s', maximumBackoff: '2s' },
    // The Functions Framework takes the topic name from the path.
    pushConfig: { pushEndpoint: `${endpoint}${name}` },
  });
  return {
    name,
    async publish(...attributes) {
      const data = Buffer.from('{}').toString('base64');
      const messages = (attributes.length > 0 ? attributes : [{}]).map((given) => ({
        data,
        attributes: given,
      }));
      const published = (await call(host, 'POST', `${name}:publish`, { messages })) as {
        messageIds: string[];
      };
      return published.messageIds;
    },
  };
}

async function call(host: string, method: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://${host}/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Pub/Sub request failed: ${response.status} ${await response.text()}`);
  return response.json();
}
