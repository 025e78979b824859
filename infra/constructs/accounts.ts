import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../settings/environments.ts';
import { accountId } from '../settings/naming.ts';

/**
 * Three service accounts, one for each job: if one is compromised, it cannot do the work of the others.
 * They are created without any roles. Each construct grants what it offers (`grantRead`, `grantPublish`, ...).
 */
export class Accounts extends Construct {
  /** Runs the function: reads secrets, Drive and Firestore. */
  readonly runtime: ServiceAccount;
  /** Builds the function's image. Without it, builds run as an account that can edit the whole project. */
  readonly build: ServiceAccount;
  /** Delivers the topic's messages to the function. */
  readonly trigger: ServiceAccount;

  constructor(scope: Construct, id: string, props: { project: string; environment: EnvironmentName }) {
    super(scope, id);
    const account = (role: 'run' | 'build' | 'trigger', description: string) =>
      new ServiceAccount(this, role, {
        project: props.project,
        accountId: accountId(props.environment, role),
        displayName: `Catalog sync ${props.environment}: ${role}`,
        description,
      });
    this.runtime = account(
      'run',
      'Runs the catalog sync. With IDENTITY=keyless, share the Drive folder with this account.',
    );
    this.build = account('build', 'Builds the container image of the catalog sync.');
    this.trigger = account('trigger', 'Calls the catalog sync when its topic receives a message.');
  }
}
