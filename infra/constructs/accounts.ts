import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../settings/environments.ts';
import { accountId } from '../settings/naming.ts';

/**
 * Three service accounts, because three parties act: one that breaks must not be able to do the others' work.
 * They are made without a right; each construct grants what it offers (`grantRead`, `grantPublish`, ...).
 */
export class Accounts extends Construct {
  /** Runs the function: reads secrets, Drive and Firestore. */
  readonly runtime: ServiceAccount;
  /** Builds the function's image. Without it, builds run as an account that may edit the whole project. */
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
    this.runtime = account('run', 'Runs the catalog sync. With IDENTITY=keyless, share the folder with it.');
    this.build = account('build', 'Builds the image of the catalog sync.');
    this.trigger = account('trigger', 'Calls the catalog sync when its topic has a message.');
  }
}
