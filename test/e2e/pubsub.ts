/** A topic and its push subscription in the Pub/Sub emulator, over the emulator's REST face. */
import { randomUUID } from 'node:crypto';

export interface Topic {
  /** `projects/P/topics/T`, as CONTINUE_TOPIC wants it. */
  name: string;
  /** Publishes messages in one request, each as the scheduler sends it, and gives their ids. */
  publish(...attributes: Record<string, string>[]): Promise<string[]>;
}

/**
 * Makes a topic whose messages are pushed to `endpoint`, as Eventarc's subscription does: what is not acknowledged
 * with a 2xx comes again, here after one or two seconds.
 */
export async function createTopic(host: string, endpoint: string): Promise<Topic> {
  const project = `projects/whole-path-${randomUUID().slice(0, 8)}`;
  const name = `${project}/topics/ticks`;
  await ask(host, 'PUT', name, {});
  await ask(host, 'PUT', `${project}/subscriptions/function`, {
    topic: name,
    // The longest there is, as for the deployed function: a run must not be delivered again while it works.
    ackDeadlineSeconds: 600,
    retryPolicy: { minimumBackoff: '1s', maximumBackoff: '2s' },
    // The Functions Framework reads the topic's name from the path.
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
      const answer = (await ask(host, 'POST', `${name}:publish`, { messages })) as { messageIds: string[] };
      return answer.messageIds;
    },
  };
}

async function ask(host: string, method: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://${host}/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Pub/Sub answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
