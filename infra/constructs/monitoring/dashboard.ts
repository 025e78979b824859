import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard/index.js';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../settings/environments.ts';
import { labelsOf, nameOf } from '../../settings/naming.ts';
import {
  type CountedName,
  countedEvents,
  filterOf,
  type LogMetrics,
  type MeasuredName,
  measuredFields,
} from './log-metrics.ts';
import { chart, filtered, logsPanel, promQl, rows, scorecard } from './widgets.ts';

export interface DashboardProps {
  readonly project: string;
  readonly environment: EnvironmentName;
  readonly serviceName: string;
  readonly metrics: LogMetrics;
}

/**
 * One page that shows, from top to bottom: whether the catalog is fresh, what changed, what failed, what it costs, and
 * which files could not be read.
 */
export class Dashboard extends Construct {
  readonly resource: MonitoringDashboard;
  private readonly props: DashboardProps;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.props = props;
    const { project, environment } = props;
    this.resource = new MonitoringDashboard(this, 'dashboard', {
      project,
      dashboardJson: JSON.stringify({
        displayName: nameOf(environment),
        labels: labelsOf(environment),
        mosaicLayout: this.layout(),
      }),
    });
  }

  /** The dashboard's page in the console. */
  get link(): string {
    return `https://console.cloud.google.com/monitoring/dashboards?project=${this.props.project}&pageState=("dashboards":("t":"Custom"))`;
  }

  private layout(): object {
    return rows(
      {
        height: 8,
        widgets: [
          scorecard('Minutes since last success', this.minutesSinceSuccess(), { yellow: 75, red: 180 }),
          scorecard('Failed runs, 24 h', this.lastDay('runs-failed'), { red: 0 }),
          scorecard(
            'Runs with held removals or updates, 24 h',
            this.lastDay('removals-held', 'updates-held'),
            {
              yellow: 0,
            },
          ),
          scorecard('Books changed, 24 h', this.lastDay(...bookMetrics)),
        ],
      },
      {
        height: 16,
        widgets: [
          this.counts('Runs', ['runs-completed', 'runs-failed', 'removals-held', 'updates-held']),
          this.counts('Catalog changes', bookMetrics),
        ],
      },
      { height: 16, widgets: [this.failures(), this.longest()] },
      {
        height: 16,
        widgets: [
          this.totals('Cost: Drive quota units per hour', ['drive-units']),
          this.totals('Cost: Firestore reads and writes per hour', ['firestore-reads', 'firestore-writes']),
        ],
      },
      {
        height: 16,
        widgets: [
          this.counts('Files that could not be read', [
            'parse-errors',
            'contents-unreadable',
            'embedded-off',
          ]),
          this.log('Log: files that could not be read', event('parse_error', 'content_unreadable')),
        ],
      },
      {
        height: 16,
        widgets: [
          this.log(
            'Log: warnings, errors and completed runs',
            `(severity>=WARNING OR ${term('run_completed')})`,
          ),
        ],
      },
    );
  }

  /** The minutes since a run last completed. Has no value if none completed within the last day. */
  private minutesSinceSuccess(): object {
    const completed = `sum(increase(${this.props.metrics.selectorOf('runs-completed')}[5m]))`;
    return promQl(`(time() - max_over_time(timestamp(${completed} > 0)[1d:1m])) / 60`);
  }

  private lastDay(...names: readonly CountedName[]): object {
    const counted = names.map(
      (name) => `(sum(increase(${this.props.metrics.selectorOf(name)}[1d])) or vector(0))`,
    );
    return promQl(counted.join(' + '));
  }

  private counts(title: string, names: readonly CountedName[]) {
    return chart(
      title,
      names.map((name) => ({
        legend: countedEvents[name].title,
        plotType: 'STACKED_BAR',
        query: filtered(this.props.metrics.typeOf(name), 'ALIGN_DELTA', 'REDUCE_SUM'),
      })),
    );
  }

  private failures() {
    const query = filtered(this.props.metrics.typeOf('runs-failed'), 'ALIGN_DELTA', 'REDUCE_SUM', 'error');
    // `$$` keeps Terraform from interpolating it.
    return chart('Failed runs by error class', [
      { legend: '$${metric.labels.error}', plotType: 'STACKED_BAR', query },
    ]);
  }

  private longest() {
    const query = filtered(this.props.metrics.typeOf('run-duration'), 'ALIGN_PERCENTILE_99', 'REDUCE_MAX');
    return chart('Run duration (longest in each hour)', [{ legend: 'ms', plotType: 'LINE', query }]);
  }

  private totals(title: string, names: readonly MeasuredName[]) {
    return chart(
      title,
      names.map((name) => ({
        legend: measuredFields[name].title,
        plotType: 'LINE',
        query: promQl(`sum(increase(${this.props.metrics.sumSelectorOf(name)}[1h]))`),
      })),
    );
  }

  private log(title: string, which: string) {
    return logsPanel(title, this.props.project, `${filterOf(this.props.serviceName)} AND ${which}`);
  }
}

const bookMetrics = ['books-added', 'books-updated', 'books-removed', 'books-restored'] as const;

function term(name: string): string {
  return `jsonPayload.event="${name}"`;
}

function event(...names: readonly string[]): string {
  return `(${names.map(term).join(' OR ')})`;
}
