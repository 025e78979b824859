import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import { type EnvironmentName, platform } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';

/** The topic whose messages start runs, and the job that publishes one every hour. */
export class Schedule extends Construct {
  readonly topic: PubsubTopic;
  readonly job: CloudSchedulerJob;

  constructor(
    scope: Construct,
    id: string,
    props: { project: string; region: string; environment: EnvironmentName; paused: boolean },
  ) {
    super(scope, id);
    // No retention on the topic: a tick is worth nothing an hour later. Its subscription (Eventarc's) keeps an
    // undelivered message for a day, and the function drops what is older than EVENT_MAX_AGE_MINUTES.
    this.topic = new PubsubTopic(this, 'topic', {
      project: props.project,
      name: nameOf(props.environment, 'ticks'),
      labels: labelsOf(props.environment),
    });
    // Scheduler publishes as its own service agent, whose role comes with the API: no grant of ours.
    this.job = new CloudSchedulerJob(this, 'job', {
      project: props.project,
      region: props.region,
      name: nameOf(props.environment, 'hourly'),
      description: 'Starts a run of the catalog sync every hour.',
      schedule: platform.schedule,
      timeZone: platform.timeZone,
      paused: props.paused,
      pubsubTarget: {
        topicName: this.topic.id,
        // Pub/Sub refuses an empty message; the function expects JSON and reads nothing in it.
        data: Buffer.from('{}').toString('base64'),
      },
    });
  }

  /** Lets an account start runs. The function's own account needs it: a long run asks for its continuation. */
  grantPublish(account: ServiceAccount): PubsubTopicIamMember {
    return new PubsubTopicIamMember(this, `publish-${account.node.id}`, {
      project: this.topic.project,
      topic: this.topic.name,
      role: 'roles/pubsub.publisher',
      member: account.member,
    });
  }
}
