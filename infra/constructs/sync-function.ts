import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js';
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function/index.js';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Target } from '../settings/env-file.ts';
import { type Environment, platform } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';
import type { Accounts } from './accounts.ts';
import type { ImageBuilds } from './image-builds.ts';
import type { Schedule } from './schedule.ts';
import type { Secrets } from './secrets.ts';
import type { Source } from './source.ts';

export interface SyncFunctionProps {
  readonly environment: Environment;
  readonly target: Target;
  readonly accounts: Accounts;
  readonly source: Source;
  readonly builds: ImageBuilds;
  readonly secrets: Secrets;
  readonly schedule: Schedule;
  /** Grants without which the build or the first instance would fail. */
  readonly dependsOn: ITerraformDependable[];
}

/** The function (2nd gen), called for each message published to the schedule's topic. */
export class SyncFunction extends Construct {
  readonly resource: Cloudfunctions2Function;
  /** The name of the underlying Cloud Run service, which log filters use. Google gives it the function's name. */
  readonly serviceName: string;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    const { environment, target, accounts } = props;
    this.serviceName = nameOf(environment.name);
    this.resource = new Cloudfunctions2Function(this, 'function', {
      project: target.project,
      location: target.region,
      name: this.serviceName,
      description: 'Keeps the Firestore book catalog in sync with the Google Drive folder.',
      labels: labelsOf(environment.name),
      buildConfig: {
        runtime: platform.runtime,
        entryPoint: 'sync',
        source: { storageSource: { bucket: props.source.bucket.name, object: props.source.object.name } },
        // The account's id, not its email address: the API expects projects/P/serviceAccounts/A.
        serviceAccount: accounts.build.id,
        dockerRepository: props.builds.repository.id,
      },
      serviceConfig: {
        serviceAccountEmail: accounts.runtime.email,
        availableMemory: environment.memory,
        timeoutSeconds: platform.timeoutSeconds,
        // One run at a time. Overlapping runs are safe, because each batch is written on the condition that no other
        // run has updated the checkpoint, but they do the same work twice.
        minInstanceCount: 0,
        maxInstanceCount: 1,
        maxInstanceRequestConcurrency: 1,
        // Pub/Sub's delivery counts as internal traffic. Requests from the internet do not reach the function.
        ingressSettings: 'ALLOW_INTERNAL_ONLY',
        allTrafficOnLatestRevision: true,
        environmentVariables: variablesOf(target, props.schedule),
        secretEnvironmentVariables: props.secrets.environmentVariables,
      },
      eventTrigger: {
        triggerRegion: target.region,
        eventType: 'google.cloud.pubsub.topic.v1.messagePublished',
        pubsubTopic: props.schedule.topic.id,
        serviceAccountEmail: accounts.trigger.email,
        // The message of a failed run is delivered again after 10 to 600 s, until the function drops it as too old.
        retryPolicy: 'RETRY_POLICY_RETRY',
      },
      dependsOn: [...props.dependsOn, ...props.secrets.versions],
    });
  }

  /** Lets an account call the function, that is, its Cloud Run service. */
  grantInvoke(account: Accounts['trigger']): CloudRunV2ServiceIamMember {
    return new CloudRunV2ServiceIamMember(this, `invoke-${account.node.id}`, {
      project: this.resource.project,
      location: this.resource.location,
      // Taken from the attribute, so that the grant waits for the service. The attribute is the service's full name;
      // the argument takes only the last part.
      name: Fn.basename(this.resource.serviceConfig.service),
      role: 'roles/run.invoker',
      member: account.member,
    });
  }
}

/** The function's plain environment variables: each of `deployedNames` in functions/sync/core/config.ts. */
function variablesOf(target: Target, schedule: Schedule): Record<string, string> {
  return {
    BOOKS_COLLECTION: target.function.collection,
    STATE_COLLECTION: target.function.stateCollection,
    FIRESTORE_DATABASE: target.function.databaseId,
    REMOVALS: target.function.removals,
    EMBEDDED_METADATA: target.function.embeddedMetadata,
    WRITES_PER_SECOND: String(target.function.writesPerSecond),
    RECONCILE_EVERY_HOURS: String(target.function.reconcileEveryHours),
    RUN_SECONDS: String(platform.runSeconds),
    EVENT_MAX_AGE_MINUTES: String(platform.eventMaxAgeMinutes),
    CONTINUE_TOPIC: schedule.topic.id,
  };
}
