/** Requests a continuation by publishing a message to the function's own topic. */
import { GoogleAuth } from 'google-auth-library';
import { pubsub_v1 } from 'googleapis/build/src/apis/pubsub/v1.js';
import { runCauses } from '../core/causes.ts';
import { errorOf, messageOf } from '../core/errors.ts';
import { attributes, type RunRequest } from './event.ts';

/**
 * Publishes the message that resumes a run that reached its time limit.
 *
 * @param topic full name, `projects/P/topics/T`
 * @throws NetworkError if the message could not be published; the next scheduled run continues anyway
 */
export async function publishContinuation(topic: string, request: RunRequest): Promise<void> {
  const emulator = process.env.PUBSUB_EMULATOR_HOST;
  const client = new pubsub_v1.Pubsub({
    ...(emulator
      ? { rootUrl: `http://${emulator}` }
      : { auth: new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/pubsub'] }) }),
  });
  const message = {
    data: Buffer.from('{}').toString('base64'),
    attributes: {
      [attributes.continue]: 'true',
      ...(request.reconcile ? { [attributes.reconcile]: 'true' } : {}),
      ...(request.approvedRemovals === undefined
        ? {}
        : { [attributes.approveRemovals]: String(request.approvedRemovals) }),
      ...(request.approvedUpdates === undefined
        ? {}
        : { [attributes.approveUpdates]: String(request.approvedUpdates) }),
    },
  };
  try {
    await client.projects.topics.publish(
      { topic, requestBody: { messages: [message] } },
      { timeout: 10_000 },
    );
  } catch (error) {
    throw errorOf(runCauses.publish, `Could not publish the continuation: ${messageOf(error)}`, {
      reason: 'publish',
      cause: error,
    });
  }
}
