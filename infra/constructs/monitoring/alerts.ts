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
  /** No address, no mail: the incidents then stand in the console only. */
  readonly email: string | undefined;
  /** Nothing succeeds while the schedule is paused, and nobody wants to be told. */
  readonly paused: boolean;
}

/** What a log line that raises an alert hands to the mail. `$$` keeps Terraform from reading it as its own. */
const fromLog = (label: string) => `$\${log.extracted_label.${label}}`;

/** The section of the runbook for an alert: the anchor that a heading of this text gets. */
function runbookOf(title: string): string {
  return `docs/runbook.md#alert-${title.toLowerCase().replaceAll(' ', '-')}`;
}

/**
 * Four alerts: a run failed; removals are held; updates by newer rules are held; nothing has succeeded for three hours.
 *
 * The first three are raised by the log line itself and carry its hint. The last catches what logs nothing: a
 * function that cannot start, is killed, or is never called.
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
      displayName: `${nameOf(this.props.environment)}: mail`,
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
        `**What happened:** a run of the catalog sync (${this.props.environment}) failed: ${fromLog('error')}.`,
        `**What to do:** ${fromLog('hint')} (Nothing here? Then nobody foresaw this error: the log has its stack trace.)`,
        `Worth another try by itself: ${fromLog('retryable')}. If that says true, Pub/Sub delivers the event again within minutes, and the next hourly run does the same work; act only when more of these mails come. If it says false, delivering it again at once would not help: do what is said above, or wait where it says that a later run tries again.`,
        'Nothing is lost meanwhile: what a run wrote stays, and the next one goes on from there.',
        `**What to look at:** the line "Synchronization failed" in [the log](${this.logsLink}) and the lines before it.`,
      ],
    });
  }

  private alertOnHeldRemovals(): void {
    this.alertOnLog('held', {
      title: 'removals are held',
      event: countedEvents['removals-held'].event,
      labels: { count: 'count', limit: 'limit' },
      content: [
        `**What happened:** the library lost ${fromLog('count')} books at once, more than the ${fromLog('limit')} a run removes unasked (${this.props.environment}). Additions and changes were made; the removals wait for a person.`,
        `**What to look at:** the Drive folder: was a folder moved out, unshared or put into the trash by mistake? [The log](${this.logsLink}) names some of the books.`,
        '**What to do:** if it was a mistake, put the files back; the next run that reads of them clears this. If the books are to go, say so with the number above:',
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
        `**What happened:** a new version of the sync reads file names differently and would change ${fromLog('count')} books whose files are as they were, more than the ${fromLog('limit')} a run changes unasked (${this.props.environment}). Everything else was done; these updates wait for a person.`,
        `**What to look at:** [the log](${this.logsLink}) names some of the books; \`npm run preview\` shows what a list of file names becomes.`,
        '**What to do:** if that is right, say so with the number above; if not, deploy the version from before:',
        `    gcloud pubsub topics publish ${this.props.topicName} --project=${this.props.project} --message='{}' --attribute=approve_updates=${fromLog('count')}`,
      ],
    });
  }

  /**
   * By PromQL, because an alert on a metric's absence needs one data point first, and a function that never once
   * succeeded has none: here "no such metric yet" counts as nothing, and so as silence.
   */
  private alertOnSilence(): void {
    const { metrics, paused } = this.props;
    this.createPolicy('silent', {
      title: 'nothing has succeeded for 3 hours',
      enabled: !paused,
      condition: {
        conditionPrometheusQueryLanguage: {
          // No success within the last hour, for two hours on end: three hours after the last one. A new deployment
          // thus has two hours, and so at least one tick, before it is called silent.
          query: `(sum(increase(${metrics.selectorOf('runs-completed')}[1h])) or vector(0)) < 0.5`,
          duration: '7200s',
          evaluationInterval: '300s',
          // Google refuses a query on a metric it has no data of; before the first run it has none.
          disableMetricValidation: true,
        },
      },
      strategy: { autoClose: '86400s' },
      content: [
        `**What happened:** no run of the catalog sync (${this.props.environment}) has completed for three hours. The catalog is no longer kept true to the Drive folder.`,
        `**What to look at:** [the log](${this.logsLink}). Lines "Synchronization failed" say why. Runs that start and never end were killed: too little memory or time. No lines at all: the schedule is paused or deleted, the trigger may not call the function, or the function cannot start (a disabled secret version, a revoked grant).`,
        '**What to do:** mend what the log says; start a run and watch it:',
        `    gcloud pubsub topics publish ${this.props.topicName} --project=${this.props.project} --message='{}'`,
        'If the schedule stands still on purpose, deploy with PAUSED=true: that switches this alert off.',
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
      // At once, and then every six hours while it goes on: retries alone would make six mails an hour.
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
      `**Step by step:** ${runbookOf(policy.title)} in the sources of this deployment.`,
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
