import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { TimeProvider } from '@cdktf/provider-time/lib/provider/index.js';
import { GcsBackend, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Archive } from './bundle-archive.ts';
import { Accounts } from './constructs/accounts.ts';
import { Apis } from './constructs/apis.ts';
import { CatalogDatabase } from './constructs/catalog-database.ts';
import { ImageBuilds } from './constructs/image-builds.ts';
import { Alerts } from './constructs/monitoring/alerts.ts';
import { Dashboard } from './constructs/monitoring/dashboard.ts';
import { LogMetrics } from './constructs/monitoring/log-metrics.ts';
import { NotReady } from './constructs/not-ready.ts';
import { Schedule } from './constructs/schedule.ts';
import { Secrets } from './constructs/secrets.ts';
import { Source } from './constructs/source.ts';
import { SyncFunction } from './constructs/sync-function.ts';
import { applyPolicies } from './policies.ts';
import { envFileName, type Target } from './settings/env-file.ts';
import type { Environment } from './settings/environments.ts';
import { nameOf } from './settings/naming.ts';

export interface CatalogSyncStackProps {
  readonly environment: Environment;
  readonly target: Target;
  readonly archive: Archive;
  /** The problems that prevent a deployment. If there are any, the stack can only be synthesized. */
  readonly problems: readonly string[];
  /** The relative path from the stack's folder to the project's folder, where local state is kept. */
  readonly wayToProject: string;
}

/**
 * One environment of the catalog sync:
 *
 *     Cloud Scheduler --hourly--> Pub/Sub topic --event--> Cloud Function
 *                                                            | reads Google Drive, writes Firestore
 *                                                            | secrets from Secret Manager
 *                                                            '-> logs -> metrics -> alerts, dashboard
 */
export class CatalogSyncStack extends TerraformStack {
  constructor(scope: Construct, props: CatalogSyncStackProps) {
    super(scope, props.environment.name);
    const { environment, target } = props;
    const place = { project: target.project, region: target.region, environment: environment.name };
    this.setUpTerraform(props);

    const apis = new Apis(this, 'apis', place);
    const accounts = new Accounts(this, 'accounts', place);
    const schedule = new Schedule(this, 'schedule', { ...place, paused: target.paused });
    const source = new Source(this, 'source', { ...place, archive: props.archive });
    const builds = new ImageBuilds(this, 'builds', place);
    const secrets = new Secrets(this, 'secrets', {
      ...place,
      versions: target.secrets,
      protected: environment.protected,
    });

    const grants = [
      builds.grantBuild(accounts.build, source.bucket),
      ...secrets.grantRead(accounts.runtime),
      // A run that uses up its time publishes a continuation: a message that starts the next run immediately.
      schedule.grantPublish(accounts.runtime),
      ...this.openCatalog(target, accounts),
    ];
    const sync = new SyncFunction(this, 'sync', {
      environment,
      target,
      accounts,
      source,
      builds,
      secrets,
      schedule,
      dependsOn: grants,
    });
    sync.grantInvoke(accounts.trigger);

    const serviceName = sync.serviceName;
    const metrics = new LogMetrics(this, 'metrics', { ...place, serviceName });
    const dashboard = new Dashboard(this, 'dashboard', { ...place, serviceName, metrics });
    new Alerts(this, 'alerts', {
      ...place,
      serviceName,
      metrics,
      topicName: nameOf(environment.name, 'ticks'),
      email: target.alertEmail,
      paused: target.paused,
    });

    this.addOutputs(place, accounts, serviceName, dashboard);
    apis.gate(this);
    applyPolicies(this, environment.name);
  }

  private setUpTerraform({ environment, target, problems, wayToProject }: CatalogSyncStackProps): void {
    // Terraform 1.11 introduced write-only arguments, which keep the secrets out of the plan and the state.
    this.addOverride('terraform.required_version', '>= 1.11');
    if (target.stateBucket)
      new GcsBackend(this, { bucket: target.stateBucket, prefix: nameOf(environment.name) });
    // A relative path: with an absolute one, two checkouts of the same sources would synthesize different stacks.
    else new LocalBackend(this, { path: `${wayToProject}/terraform.${environment.name}.tfstate` });
    new GoogleProvider(this, 'google', { project: target.project, region: target.region });
    new TimeProvider(this, 'time');
    if (problems.length > 0) new NotReady(this, 'not-ready', { file: envFileName(environment), problems });
  }

  /**
   * Creates the Firestore database if CREATE_FIRESTORE is set, and grants the function's service account access to it.
   * With a service account key the function uses the key's account, which needs no grant from this stack.
   */
  private openCatalog(target: Target, accounts: Accounts) {
    const project = target.firestoreProject ?? (target.createFirestore ? target.project : undefined);
    if (project === undefined) return [];
    const database = new CatalogDatabase(this, 'catalog', {
      project,
      databaseId: target.function.databaseId,
      region: target.region,
      create: target.createFirestore,
    });
    return target.firestoreProject === undefined ? [] : [database.grantUse(accounts.runtime)];
  }

  private addOutputs(
    place: { project: string; region: string },
    accounts: Accounts,
    serviceName: string,
    dashboard: Dashboard,
  ): void {
    const console = 'https://console.cloud.google.com';
    const { project, region } = place;
    const output = (id: string, description: string, value: string) =>
      new TerraformOutput(this, id, { description, value });
    output(
      'share_folder_with',
      'With IDENTITY=keyless: the service account to share the Drive folder with, as Viewer',
      accounts.runtime.email,
    );
    // Publishes a message instead of running the scheduler job, because the job may be paused.
    output(
      'run_now',
      'The command that starts a run',
      `gcloud pubsub topics publish ${serviceName}-ticks --project=${project} --message='{}'`,
    );
    output(
      'function_page',
      'The function in the Google Cloud console',
      `${console}/functions/details/${region}/${serviceName}?project=${project}`,
    );
    output(
      'logs_page',
      "The function's logs in the Google Cloud console",
      `${console}/run/detail/${region}/${serviceName}/logs?project=${project}`,
    );
    output('dashboard_page', 'The monitoring dashboard', dashboard.link);
  }
}
