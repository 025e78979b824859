import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import { type EnvironmentName, platform } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';

/** The topic whose messages start runs, and the scheduler job that publishes a message every hour. */
export class Schedule extends Construct {
  readonly topic: PubsubTopic;
  readonly job: CloudSchedulerJob;

  constructor(
    scope: Construct,
    id: string,
    props: { project: string; region: string; environment: EnvironmentName; paused: boolean },
  ) {
    super(scope, id);
    // No message retention on the topic: an hourly message is worth nothing an hour later. The topic's subscription
    // (Eventarc's) keeps an undelivered message for a day, and the function drops messages older than
    // EVENT_MAX_AGE_MINUTES.
    this.topic = new PubsubTopic(this, 'topic', {
      project: props.project,
      name: nameOf(props.environment, 'ticks'),
      labels: labelsOf(props.environment),
    });
    // Cloud Scheduler publishes as its service agent, which gets its role when the API is enabled. No grant is needed.
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
        // Pub/Sub rejects an empty message. The function expects JSON but reads nothing from it.
        data: Buffer.from('{}').toString('base64'),
      },
    });
  }

  /** Lets an account start runs. The function's own account needs this: a long run publishes its continuation. */
  grantPublish(account: ServiceAccount): PubsubTopicIamMember {
    return new PubsubTopicIamMember(this, `publish-${account.node.id}`, {
      project: this.topic.project,
      topic: this.topic.name,
      role: 'roles/pubsub.publisher',
      member: account.member,
    });
  }
}
