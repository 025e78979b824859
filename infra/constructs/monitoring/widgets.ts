/** Dashboard widgets as JSON of the Cloud Monitoring API (projects.dashboards, v1). */

export interface Widget {
  readonly title: string;
}

export interface Series {
  readonly legend: string;
  readonly plotType: 'STACKED_BAR' | 'LINE';
  readonly query: object;
}

/** A Monitoring filter, aggregated by hour. `by`: the metric label to split the series by. */
export function filtered(
  metricType: string,
  aligner: 'ALIGN_DELTA' | 'ALIGN_PERCENTILE_99',
  reducer: 'REDUCE_SUM' | 'REDUCE_MAX',
  by?: string,
): object {
  return {
    timeSeriesFilter: {
      filter: `metric.type="${metricType}" resource.type="cloud_run_revision"`,
      aggregation: {
        alignmentPeriod: '3600s',
        perSeriesAligner: aligner,
        crossSeriesReducer: reducer,
        ...(by === undefined ? {} : { groupByFields: [`metric.label."${by}"`] }),
      },
    },
  };
}

/** A query in PromQL. */
export function promQl(prometheusQuery: string): object {
  return { prometheusQuery };
}

/** A chart over time. */
export function chart(title: string, series: readonly Series[]): Widget & { xyChart: object } {
  return {
    title,
    xyChart: {
      chartOptions: { mode: 'COLOR' },
      dataSets: series.map(({ legend, plotType, query }) => ({
        targetAxis: 'Y1',
        legendTemplate: legend,
        plotType,
        timeSeriesQuery: query,
      })),
    },
  };
}

/** A single number that turns yellow or red above its limits. */
export function scorecard(
  title: string,
  query: object,
  limits: { yellow?: number; red?: number } = {},
): Widget & { scorecard: object } {
  const { yellow, red } = limits;
  const above = (color: 'YELLOW' | 'RED', value: number | undefined) =>
    value === undefined ? [] : [{ color, value, direction: 'ABOVE' }];
  return {
    title,
    scorecard: { timeSeriesQuery: query, thresholds: [...above('YELLOW', yellow), ...above('RED', red)] },
  };
}

/** The log lines that match a filter. */
export function logsPanel(title: string, project: string, filter: string): Widget & { logsPanel: object } {
  return { title, logsPanel: { filter, resourceNames: [`projects/${project}`] } };
}

/** The width of a dashboard, in grid columns. */
const columns = 48;

/** Arranges widgets in rows from top to bottom. Widgets in a row have equal width. */
export function rows(...rows: readonly { height: number; widgets: readonly Widget[] }[]): object {
  let yPos = 0;
  const tiles = rows.flatMap(({ height, widgets }) => {
    const width = columns / widgets.length;
    const row = widgets.map((widget, index) => ({ xPos: index * width, yPos, width, height, widget }));
    yPos += height;
    return row;
  });
  return { columns, tiles };
}
