import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyAlertStrategy,
  type MonitoringAlertPolicyConditions,
} from '@cdktf/provider-google/lib/monitoring-alert-policy/index.js';
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel/index.js';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../settings/environments.ts';
import { labelsOf, nameOf } from '../../settings/naming.ts';
import { countedEvents, filterOf, type LogMetrics } from './log-metrics.ts';

export interface AlertsProps {
  readonly project: string;
  readonly region: string;
  readonly environment: EnvironmentName;
  readonly serviceName: string;
  readonly topicName: string;
  readonly metrics: LogMetrics;
  /** If undefined, no email is sent: incidents are shown only in the console. */
  readonly email: string | undefined;
  /** While the schedule is paused nothing succeeds, and the alert for that is disabled. */
  readonly paused: boolean;
}

/** Inserts a field of the log line that raised the alert into the email. `$$` keeps Terraform from interpolating it. */
const fromLog = (label: string) => `$\${log.extracted_label.${label}}`;

/** The runbook section of an alert: the anchor that GitHub derives from its heading. */
function runbookOf(title: string): string {
  return `docs/runbook.md#alert-${title.toLowerCase().replaceAll(' ', '-')}`;
}

/**
 * Four alerts: a run failed; removals are held; updates by newer rules are held; nothing has succeeded for three hours.
 *
 * The first three are raised by a log line and include its fields, such as the hint. The last one detects what writes
 * no log line: a function that cannot start, is killed, or is never called.
 */
export class Alerts extends Construct {
  private readonly channels: string[];
  private readonly logsLink: string;
  private readonly props: AlertsProps;

  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    this.props = props;
    this.logsLink = `https://console.cloud.google.com/run/detail/${props.region}/${props.serviceName}/logs?project=${props.project}`;
    this.channels = props.email === undefined ? [] : [this.createMailChannel(props.email).id];
    this.alertOnFailure();
    this.alertOnHeldRemovals();
    this.alertOnHeldUpdates();
    this.alertOnSilence();
  }

  private createMailChannel(email: string): MonitoringNotificationChannel {
    return new MonitoringNotificationChannel(this, 'mail', {
      project: this.props.project,
      displayName: `${nameOf(this.props.environment)}: email`,
      type: 'email',
      labels: { email_address: email },
      userLabels: labelsOf(this.props.environment),
    });
  }

  private alertOnFailure(): void {
    this.alertOnLog('failed', {
      title: 'a run failed',
      event: countedEvents['runs-failed'].event,
      labels: { error: 'error', hint: 'hint', retryable: 'retryable' },
      content: [
        `**What happened:** A run of the catalog sync (${this.props.environment}) failed: ${fromLog('error')}.`,
        `**What to do:** ${fromLog('hint')} (If there is no advice here, the error is unexpected: see its stack trace in the log.)`,
        `**Retryable:** ${fromLog('retryable')}. If true, Pub/Sub delivers the message again within minutes, and the next hourly run does the same work: act only if you get more of these emails. If false, an immediate retry would not help: follow the advice above, or wait if it says that a later run tries again.`,
        'No work is lost: what the run wrote is kept, and the next run continues from there.',
        `**What to look at:** The line "Synchronization failed" in [the log](${this.logsLink}), and the lines before it.`,
      ],
    });
  }

  private alertOnHeldRemovals(): void {
    this.alertOnLog('held', {
      title: 'removals are held',
      event: countedEvents['removals-held'].event,
      labels: { count: 'count', limit: 'limit' },
      content: [
        `**What happened:** ${fromLog('count')} books left the library at once, more than the ${fromLog('limit')} that a run removes without approval (${this.props.environment}). Additions and updates were written. The removals are held until you approve them.`,
        `**What to look at:** The Drive folder. Was a folder moved out, unshared or trashed by mistake? [The log](${this.logsLink}) names some of the books.`,
        '**What to do:** If it was a mistake, put the files back: the next run that finds them in the changes feed clears the held removals. To confirm the removal, publish a message with the number above:',
        `    gcloud pubsub topics publish ${this.props.topicName} --project=${this.props.project} --message='{}' --attribute=approve_removals=${fromLog('count')}`,
      ],
    });
  }

  private alertOnHeldUpdates(): void {
    this.alertOnLog('rewrite', {
      title: 'updates by newer rules are held',
      event: countedEvents['updates-held'].event,
      labels: { count: 'count', limit: 'limit' },
      content: [
        `**What happened:** A new version of the sync reads file names differently and would change ${fromLog('count')} books whose files have not changed, more than the ${fromLog('limit')} that a run changes without approval (${this.props.environment}). Everything else was written. These updates are held until you approve them.`,
        `**What to look at:** [The log](${this.logsLink}) names some of the books. \`npm run preview\` shows what the sync reads from a list of file names.`,
        '**What to do:** If the updates are wrong, deploy the previous version. To approve them, publish a message with the number above:',
        `    gcloud pubsub topics publish ${this.props.topicName} --project=${this.props.project} --message='{}' --attribute=approve_updates=${fromLog('count')}`,
      ],
    });
  }

  /**
   * Uses PromQL, because an alert on the absence of a metric needs one data point first, and a function that has never
   * succeeded has none. Here a metric that does not exist yet counts as zero, and so raises the alert.
   */
  private alertOnSilence(): void {
    const { metrics, paused } = this.props;
    this.createPolicy('silent', {
      title: 'nothing has succeeded for 3 hours',
      enabled: !paused,
      condition: {
        conditionPrometheusQueryLanguage: {
          // No success within the last hour, for two hours in a row: three hours after the last success. A new
          // deployment therefore has two hours, and so at least one scheduled run, before the alert is raised.
          query: `(sum(increase(${metrics.selectorOf('runs-completed')}[1h])) or vector(0)) < 0.5`,
          duration: '7200s',
          evaluationInterval: '300s',
          // Google rejects a query on a metric that has no data. Before the first run there is none.
          disableMetricValidation: true,
        },
      },
      strategy: { autoClose: '86400s' },
      content: [
        `**What happened:** No run of the catalog sync (${this.props.environment}) has completed for three hours. The catalog is no longer in sync with the Drive folder.`,
        `**What to look at:** [The log](${this.logsLink}). Lines with "Synchronization failed" give the reason. Runs that start and never end were killed because they ran out of memory or time. If there are no lines at all, the schedule is paused or deleted, the trigger is not allowed to call the function, or the function cannot start (a disabled secret version, a revoked grant).`,
        '**What to do:** Fix the problem that the log shows. Then start a run and watch it:',
        `    gcloud pubsub topics publish ${this.props.topicName} --project=${this.props.project} --message='{}'`,
        'If the schedule is paused on purpose, deploy with PAUSED=true: that disables this alert.',
      ],
    });
  }

  private alertOnLog(
    id: string,
    alert: { title: string; event: string; labels: Record<string, string>; content: string[] },
  ): void {
    this.createPolicy(id, {
      title: alert.title,
      enabled: true,
      condition: {
        conditionMatchedLog: {
          filter: filterOf(this.props.serviceName, alert.event),
          labelExtractors: Object.fromEntries(
            Object.entries(alert.labels).map(([label, field]) => [label, `EXTRACT(jsonPayload.${field})`]),
          ),
        },
      },
      // Notifies at once, then every six hours while the problem lasts: retries alone would cause six emails an hour.
      strategy: { autoClose: '86400s', notificationRateLimit: { period: '21600s' } },
      content: alert.content,
    });
  }

  private createPolicy(
    id: string,
    policy: {
      title: string;
      enabled: boolean;
      condition: Omit<MonitoringAlertPolicyConditions, 'displayName'>;
      strategy: MonitoringAlertPolicyAlertStrategy;
      content: string[];
    },
  ): void {
    const title = `${nameOf(this.props.environment)}: ${policy.title}`;
    const content = [
      ...policy.content,
      `**Step by step:** ${runbookOf(policy.title)} in the repository that this was deployed from.`,
    ];
    new MonitoringAlertPolicy(this, id, {
      project: this.props.project,
      displayName: title,
      enabled: policy.enabled,
      severity: 'ERROR',
      combiner: 'OR',
      conditions: [{ displayName: policy.title, ...policy.condition }],
      alertStrategy: policy.strategy,
      notificationChannels: this.channels,
      documentation: { subject: title, mimeType: 'text/markdown', content: content.join('\n\n') },
      userLabels: labelsOf(this.props.environment),
    });
  }
}
