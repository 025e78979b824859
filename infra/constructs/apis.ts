import { ProjectService } from '@cdktf/provider-google/lib/project-service/index.js';
import { Sleep } from '@cdktf/provider-time/lib/sleep/index.js';
import { dependable, TerraformResource, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/** The Google APIs that the deployment or the function calls. */
const services = [
  'artifactregistry', // stores the image that the function's build creates
  'cloudbuild', // builds the image
  'cloudfunctions',
  'cloudresourcemanager', // grants roles on the project
  'cloudscheduler',
  'drive', // called by the function; must be enabled in the project that its identity belongs to
  'eventarc', // delivers the topic's messages to the function
  'firestore', // called by the function
  'iam', // service accounts
  'logging',
  'monitoring',
  'pubsub',
  'run', // Cloud Run, which a 2nd gen function runs on
  'secretmanager',
  'storage',
];

/**
 * Enables the project's APIs and waits until they can be used.
 *
 * The APIs stay enabled when the stack is destroyed: other programs in the project may use them, and an enabled API
 * that is not called costs nothing.
 */
export class Apis extends Construct {
  private readonly wait: Sleep;

  constructor(scope: Construct, id: string, props: { project: string }) {
    super(scope, id);
    const enabled = services.map(
      (service) =>
        new ProjectService(this, service, {
          project: props.project,
          service: `${service}.googleapis.com`,
          disableOnDestroy: false,
        }),
    );
    // Google reports an API as enabled before its service agent exists and before its servers know that it is
    // enabled. Most errors of a first deployment come from this. Waiting a minute prevents most of them
    // (docs/deploy.md names the rest).
    this.wait = new Sleep(this, 'wait', {
      createDuration: '60s',
      triggers: { services: services.join(' ') },
      dependsOn: enabled,
    });
  }

  /** Makes every resource of the stack wait for the APIs. Call it when the stack is complete. */
  gate(stack: TerraformStack): void {
    for (const construct of stack.node.findAll())
      if (TerraformResource.isTerraformResource(construct) && !construct.node.scopes.includes(this))
        construct.dependsOn = [...(construct.dependsOn ?? []), dependable(this.wait)];
  }
}
