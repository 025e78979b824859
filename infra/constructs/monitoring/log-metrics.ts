import { LoggingMetric } from '@cdktf/provider-google/lib/logging-metric/index.js';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../settings/environments.ts';
import { nameOf } from '../../settings/naming.ts';

/** The metrics that count log lines, and the `event` (functions/sync/core/logs.ts) that each counts. */
export const countedEvents = {
  'runs-completed': { event: 'run_completed', title: 'Runs completed' },
  'runs-failed': { event: 'run_failed', title: 'Runs failed' },
  'books-added': { event: 'book_added', title: 'Books added' },
  'books-updated': { event: 'book_updated', title: 'Books updated' },
  'books-removed': { event: 'book_removed', title: 'Books removed' },
  'books-restored': { event: 'book_restored', title: 'Books restored' },
  'parse-errors': { event: 'parse_error', title: 'File names that could not be read' },
  'contents-unreadable': { event: 'content_unreadable', title: 'Files whose content could not be read' },
  'embedded-off': { event: 'embedded_off', title: 'Runs that stopped reading content' },
  'removals-held': { event: 'removals_held', title: 'Runs that held removals' },
  'updates-held': { event: 'updates_held', title: 'Runs that held updates' },
} as const;

/** The metrics that take a number from the last log line of a completed run, and the field that contains it. */
export const measuredFields = {
  'run-duration': { field: 'durationMs', unit: 'ms', title: 'Run duration' },
  'drive-units': { field: 'driveUnits', unit: '1', title: 'Drive quota units' },
  'firestore-reads': { field: 'reads', unit: '1', title: 'Firestore reads' },
  'firestore-writes': { field: 'writes', unit: '1', title: 'Firestore writes' },
} as const;

export type CountedName = keyof typeof countedEvents;
export type MeasuredName = keyof typeof measuredFields;
export type MetricName = CountedName | MeasuredName;

/** The filter for the log lines of an event. Filters by `event`, never by message text: messages are for people. */
export function filterOf(serviceName: string, event?: string): string {
  const terms = ['resource.type="cloud_run_revision"', `resource.labels.service_name="${serviceName}"`];
  if (event) terms.push(`jsonPayload.event="${event}"`);
  return terms.join(' AND ');
}

export interface LogMetricsProps {
  readonly project: string;
  readonly environment: EnvironmentName;
  readonly serviceName: string;
}

/** Log-based metrics: the data for the charts, and for the alert when no run has succeeded for too long. */
export class LogMetrics extends Construct {
  private readonly props: LogMetricsProps;

  constructor(scope: Construct, id: string, props: LogMetricsProps) {
    super(scope, id);
    this.props = props;
    for (const name of Object.keys(countedEvents) as CountedName[]) this.count(name);
    for (const name of Object.keys(measuredFields) as MeasuredName[]) this.measure(name);
  }

  private count(name: CountedName): void {
    const { project, environment, serviceName } = this.props;
    const { event, title } = countedEvents[name];
    // Labeled by error class, so that a chart shows what failed without opening the log.
    const byError = name === 'runs-failed';
    new LoggingMetric(this, name, {
      project,
      name: nameOf(environment, name),
      description: `${title}: log lines with the event ${event}.`,
      filter: filterOf(serviceName, event),
      metricDescriptor: {
        metricKind: 'DELTA',
        valueType: 'INT64',
        unit: '1',
        displayName: title,
        ...(byError
          ? { labels: [{ key: 'error', valueType: 'STRING', description: 'The class of the error.' }] }
          : {}),
      },
      ...(byError ? { labelExtractors: { error: 'EXTRACT(jsonPayload.error)' } } : {}),
    });
  }

  private measure(name: MeasuredName): void {
    const { project, environment, serviceName } = this.props;
    const { field, unit, title } = measuredFields[name];
    new LoggingMetric(this, name, {
      project,
      name: nameOf(environment, name),
      description: `${title} of completed runs.`,
      filter: filterOf(serviceName, 'run_completed'),
      valueExtractor: `EXTRACT(jsonPayload.${field})`,
      metricDescriptor: { metricKind: 'DELTA', valueType: 'DISTRIBUTION', unit, displayName: title },
      // From 0.1 s, or a hundred reads, to beyond the longest possible run and the largest possible library.
      bucketOptions: { exponentialBuckets: { scale: 100, growthFactor: 2, numFiniteBuckets: 14 } },
    });
  }

  /** A metric's type, as used in charts. */
  typeOf(name: MetricName): string {
    return `logging.googleapis.com/user/${nameOf(this.props.environment, name)}`;
  }

  /** A metric as a PromQL selector: the first `/` becomes `:`, and every other special character becomes `_`. */
  selectorOf(name: CountedName): string {
    return this.promQl(name);
  }

  /**
   * The sum of a distribution metric as a PromQL selector. Distributions have the suffixes `_sum`, `_count`,
   * `_bucket`.
   */
  sumSelectorOf(name: MeasuredName): string {
    return this.promQl(name, '_sum');
  }

  private promQl(name: MetricName, suffix = ''): string {
    const metric = this.typeOf(name)
      .replace('/', ':')
      .replace(/[^\w:]/g, '_');
    return `${metric}${suffix}{monitored_resource="cloud_run_revision"}`;
  }
}
