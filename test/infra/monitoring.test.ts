/** Checks that what the monitoring looks for is what the function logs. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkError } from '../../functions/sync/core/errors.ts';
import {
  createLogs,
  type LogEntry,
  type Logs,
  type RunReport,
  type Severity,
} from '../../functions/sync/core/logs.ts';
import { countedEvents, measuredFields } from '../../infra/constructs/monitoring/log-metrics.ts';
import { type Attributes, everywhere, type Stack, settings, synthesizeWith } from './synthesized.ts';

let stacks: Record<'dev' | 'staging' | 'prod', Stack>;
beforeAll(async () => {
  ({ stacks } = await synthesizeWith(everywhere(settings.keyless)));
});

/** Writes every log line once and returns them all. A new log method that is missing here is a type error. */
function writeEveryLine(): Record<keyof Logs, LogEntry> {
  let written: LogEntry | undefined;
  const logs = createLogs(
    (entry) => {
      written = entry;
    },
    (value) => value,
  );
  const book = { title: 'Book', docId: 'doc', fileId: 'drive' };
  const failure = new NetworkError('cut', { hint: 'Wait.', causeName: 'network', retryable: true });
  const held = { count: 50, limit: 10, books: 100, sample: ['a'] };
  const report: RunReport = {
    mode: 'incremental',
    reason: 'changes since the last run',
    added: 0,
    updated: 0,
    removed: 0,
    restored: 0,
    held: 0,
    heldUpdates: 0,
    parseProblems: 0,
    books: 1,
    usage: { driveCalls: 1, driveUnits: 100, reads: 2, writes: 3, deletes: 4, commits: 5 },
    durationMs: 1234,
  };
  const write: Record<keyof Logs, () => void> = {
    runStarted: () => logs.runStarted('reconcile', 'requested'),
    modeChanged: () => logs.modeChanged('reconcile', 'a file has no parent'),
    bookAdded: () => logs.bookAdded(book),
    bookUpdated: () => logs.bookUpdated(book, {}),
    bookRemoved: () => logs.bookRemoved(book, 'mark'),
    bookRestored: () => logs.bookRestored(book, {}),
    parseProblem: () => logs.parseProblem('name.pdf', 'drive', failure),
    runCompleted: () => logs.runCompleted(report),
    runFailed: () => logs.runFailed(failure),
    runContinues: () => logs.runContinues('the next scheduled run continues', report),
    runInterrupted: () => logs.runInterrupted(report),
    checkpointConflict: () => logs.checkpointConflict(1),
    removalsHeld: () => logs.removalsHeld(held),
    updatesHeld: () => logs.updatesHeld(held),
    contentUnreadable: () => logs.contentUnreadable('name.pdf', 'drive', 'encrypted', {}),
    embeddedOff: () => logs.embeddedOff('the scope is too narrow', 'Grant it.'),
    duplicateDocuments: () => logs.duplicateDocuments('drive', 'one', 'other'),
    danglingShortcut: () => logs.danglingShortcut('name', 'shortcut', 'target'),
    incompleteEntry: () => logs.incompleteEntry('id', ['name']),
    scanIncomplete: () => logs.scanIncomplete('folder', 'why'),
    checkpointUnreadable: () => logs.checkpointUnreadable('why'),
    retrying: () => logs.retrying('reading', 1, 5, failure),
    unexpectedEvent: () => logs.unexpectedEvent('no data', []),
    eventSkipped: () => logs.eventSkipped(60, 55, []),
  };
  expect(Object.keys(write).sort()).toEqual(Object.keys(logs).sort());
  const lines = Object.entries(write).map(([name, line]) => {
    written = undefined;
    line();
    if (!written) throw new Error(`logs.${name} writes nothing`);
    return [name, written];
  });
  return Object.fromEntries(lines);
}

const severities: readonly string[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] satisfies Severity[];

/** Whether an entry matches one of our filters: `path="value"` or `severity>=LEVEL`, joined by AND, or `(a OR b)`. */
function matches(filter: string, entry: LogEntry): boolean {
  const fields: Record<string, unknown> = {
    'resource.type': 'cloud_run_revision',
    'resource.labels.service_name': 'catalog-sync-dev',
  };
  function holds(term: string): boolean {
    const group = /^\((.*)\)$/.exec(term)?.[1];
    if (group !== undefined) return group.split(' OR ').some(holds);
    const level = /^severity>=(\w+)$/.exec(term)?.[1];
    if (level !== undefined) {
      expect(severities).toContain(level);
      return severities.indexOf(entry.severity) >= severities.indexOf(level);
    }
    const [, path, value] = /^([\w.]+)="([^"]*)"$/.exec(term) ?? [];
    if (path === undefined) throw new Error(`This test does not understand the term: ${term}`);
    const found = path.startsWith('jsonPayload.') ? entry[path.slice('jsonPayload.'.length)] : fields[path];
    return found === value;
  }
  return filter.split(' AND ').every(holds);
}

/** The events that a filter names. */
function namedEvents(filter: string): string[] {
  return [...filter.matchAll(/jsonPayload\.event="(\w+)"/g)].map(([, event]) => event ?? '');
}

test('no two log lines have the same event', () => {
  const events = Object.values(writeEveryLine()).map(({ event }) => event);
  expect(new Set(events).size).toBe(events.length);
});

describe('log metrics', () => {
  test('each counts one kind of line, which the function writes', () => {
    const entries = Object.values(writeEveryLine());
    const counters = stacks.dev
      .ofType('google_logging_metric')
      .filter(({ attributes }) => !('value_extractor' in attributes));
    expect(counters.length).toBe(Object.keys(countedEvents).length);
    const counted = counters.map(({ attributes }) => {
      const found = entries.filter((entry) => matches(String(attributes.filter), entry));
      expect(found.length, String(attributes.filter)).toBe(1);
      return found[0]?.event;
    });
    expect(new Set(counted).size).toBe(counters.length);
  });

  test('there is one for every event that an operator counts', () => {
    expect(
      Object.values(countedEvents)
        .map(({ event }) => event)
        .sort(),
    ).toEqual([
      'book_added',
      'book_removed',
      'book_restored',
      'book_updated',
      'content_unreadable',
      'embedded_off',
      'parse_error',
      'removals_held',
      'run_completed',
      'run_failed',
      'updates_held',
    ]);
  });

  test('each measurement is read from a number in the last line of a run', () => {
    const { runCompleted } = writeEveryLine();
    const measures = stacks.dev
      .ofType('google_logging_metric')
      .filter(({ attributes }) => 'value_extractor' in attributes);
    const read = measures.map(({ attributes }) => {
      expect(matches(String(attributes.filter), runCompleted)).toBe(true);
      const field = /^EXTRACT\(jsonPayload\.(\w+)\)$/.exec(String(attributes.value_extractor))?.[1] ?? '';
      expect(runCompleted[field], field).toBeTypeOf('number');
      return [String(attributes.name).replace('catalog-sync-dev-', ''), runCompleted[field]];
    });
    expect(Object.fromEntries(read)).toEqual({
      'run-duration': 1234,
      'drive-units': 100,
      'firestore-reads': 2,
      'firestore-writes': 3,
    });
    expect(measures.length).toBe(Object.keys(measuredFields).length);
  });

  test('each label is read from a field that the line has', () => {
    const labeled = stacks.dev
      .ofType('google_logging_metric')
      .filter(({ attributes }) => 'label_extractors' in attributes);
    expect(labeled.map(({ attributes }) => attributes.name)).toEqual(['catalog-sync-dev-runs-failed']);
    const { runFailed } = writeEveryLine();
    for (const { attributes } of labeled) {
      const extractors = Object.entries(attributes.label_extractors as Record<string, string>);
      const { labels } = attributes.metric_descriptor as { labels: { key: string }[] };
      expect(labels.map(({ key }) => key)).toEqual(extractors.map(([label]) => label));
      for (const [, extractor] of extractors)
        expect(runFailed).toHaveProperty(/^EXTRACT\(jsonPayload\.(\w+)\)$/.exec(extractor)?.[1] ?? '?');
    }
  });
});

describe('alerts', () => {
  const alert = (stack: Stack, id: string) =>
    stack.ofType('google_monitoring_alert_policy').find((resource) => resource.id.startsWith(`alerts_${id}`))
      ?.attributes as Attributes;
  const condition = (attributes: Attributes) => (attributes.conditions as Attributes[])[0] as Attributes;

  test.each(['failed', 'held', 'rewrite'])(
    'the alert "%s" is raised by a line that the function writes, and uses only fields of that line',
    (id) => {
      const log = condition(alert(stacks.dev, id)).condition_matched_log as Attributes;
      const lines = Object.values(writeEveryLine()).filter((entry) => matches(String(log.filter), entry));
      expect(lines.map(({ severity }) => severity)).toEqual(['ERROR']);
      const extractors = Object.entries(log.label_extractors as Record<string, string>);
      const content = String((alert(stacks.dev, id).documentation as Attributes).content);
      for (const [label, extractor] of extractors) {
        const field = /^EXTRACT\(jsonPayload\.(\w+)\)$/.exec(extractor)?.[1] ?? '';
        expect(lines[0]).toHaveProperty(field);
        expect(content).toContain(`$\${log.extracted_label.${label}}`);
      }
      // Every variable in the text is extracted, and none is interpolated by Terraform.
      const used = [...content.matchAll(/(\$?)\$\{log\.extracted_label\.(\w+)\}/g)];
      expect(used.every(([, escaped]) => escaped === '$')).toBe(true);
      expect(new Set(used.map(([, , label]) => label))).toEqual(new Set(extractors.map(([label]) => label)));
    },
  );

  test('the alert for missing runs is raised when no run has completed for three hours, or ever', () => {
    const query = condition(alert(stacks.prod, 'silent')).condition_prometheus_query_language as Attributes;
    expect(query).toMatchObject({
      query:
        '(sum(increase(logging_googleapis_com:user_catalog_sync_prod_runs_completed{monitored_resource="cloud_run_revision"}[1h])) or vector(0)) < 0.5',
      duration: '7200s',
      disable_metric_validation: true,
    });
    const metric = stacks.prod
      .ofType('google_logging_metric')
      .find(({ attributes }) => attributes.name === 'catalog-sync-prod-runs-completed');
    expect(metric?.attributes.filter).toContain('jsonPayload.event="run_completed"');
  });

  test('the alert for missing runs is disabled while the schedule is paused', () => {
    expect(alert(stacks.dev, 'silent').enabled).toBe(false);
    expect(alert(stacks.prod, 'silent').enabled).toBe(true);
    expect(alert(stacks.dev, 'failed').enabled).toBe(true);
  });

  test('notify the configured address, and nobody if there is none', async () => {
    const channel = stacks.prod.only('google_monitoring_notification_channel');
    expect(channel.attributes).toMatchObject({
      type: 'email',
      labels: { email_address: 'it@school.example' },
    });
    for (const { attributes } of stacks.prod.ofType('google_monitoring_alert_policy'))
      expect(attributes.notification_channels).toEqual([`\${${channel.address}.id}`]);
    const { ALERT_EMAIL: _email, ...rest } = settings.keyless;
    const without = (await synthesizeWith({ dev: rest })).stacks.dev;
    expect(without.ofType('google_monitoring_notification_channel')).toEqual([]);
    expect(without.ofType('google_monitoring_alert_policy').length).toBe(4);
  });

  test('say what happened, what to look at, what to do, and which runbook section has the steps', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const sections = [...runbook.matchAll(/^## (Alert: .*)$/gm)].map(([, title]) => anchorOf(title ?? ''));
    const named = stacks.prod.ofType('google_monitoring_alert_policy').map(({ attributes }) => {
      const content = String((attributes.documentation as Attributes).content);
      return /\*\*Step by step:\*\* docs\/runbook\.md#([\w-]+)/.exec(content)?.[1];
    });
    // No alert without a section, no section without an alert.
    expect(named.sort()).toEqual(sections.sort());
    for (const { attributes } of stacks.prod.ofType('google_monitoring_alert_policy')) {
      const { content } = attributes.documentation as Attributes;
      expect(content).toMatch(/^\*\*What happened:\*\*/);
      expect(content).toMatch(/\*\*What to look at:\*\*/);
      expect(content).toMatch(/\*\*What to do:\*\*/);
    }
  });
});

describe('the dashboard', () => {
  const text = () => String(stacks.dev.only('google_monitoring_dashboard').attributes.dashboard_json);
  const tiles = () => JSON.parse(text()).mosaicLayout.tiles as Tile[];
  const titled = (part: string) => tiles().find(({ widget }) => widget.title.includes(part))?.widget;

  test('shows every metric, and only existing metrics, by filter or by PromQL', () => {
    const made = stacks.dev.ofType('google_logging_metric').map(({ attributes }) => String(attributes.name));
    const inPromQl = new Map(made.map((name) => [name.replaceAll('-', '_'), name]));
    const shown = [...text().matchAll(/logging\.googleapis\.com\/user\/([\w-]+)/g)].map(([, name]) => name);
    // In PromQL a distribution has no value under its own name, only a sum.
    for (const [, name = ''] of text().matchAll(/logging_googleapis_com:user_(\w+)\{/g))
      shown.push(inPromQl.get(name.replace(/_sum$/, '')) ?? `no metric for ${name}`);
    expect([...new Set(shown)].sort()).toEqual(made.sort());
    for (const name of Object.keys(measuredFields))
      expect(text()).not.toContain(`user_catalog_sync_dev_${name.replaceAll('-', '_')}{`);
  });

  test('uses PromQL metric names and balanced brackets in PromQL queries', () => {
    const queries: string[] = [];
    JSON.parse(text(), (key, value) => {
      if (key === 'prometheusQuery') queries.push(value);
      return value;
    });
    expect(queries.length).toBeGreaterThan(5);
    for (const query of queries) {
      expect(query).toMatch(
        /logging_googleapis_com:user_\w+\{monitored_resource="cloud_run_revision"\}\[\w+\]/,
      );
      expect(query).not.toMatch(/googleapis\.com|user\/|undefined/);
      for (const pair of ['()', '{}', '[]'])
        expect(query.split(pair[0] ?? '').length, query).toBe(query.split(pair[1] ?? '').length);
    }
  });

  test('shows what an operator needs, most important first', () => {
    expect(tiles().map(({ widget }) => widget.title)).toEqual([
      'Minutes since last success',
      'Failed runs, 24 h',
      'Runs with held removals or updates, 24 h',
      'Books changed, 24 h',
      'Runs',
      'Catalog changes',
      'Failed runs by error class',
      'Run duration (longest in each hour)',
      'Cost: Drive quota units per hour',
      'Cost: Firestore reads and writes per hour',
      'Files that could not be read',
      'Log: files that could not be read',
      'Log: warnings, errors and completed runs',
    ]);
    expect(JSON.stringify(titled('Failed runs by error class'))).toContain('metric.label.\\"error\\"');
  });

  test('has tiles that fill 48 columns without overlapping', () => {
    const cells = new Set<string>();
    for (const { xPos, yPos, width, height } of tiles())
      for (let x = xPos; x < xPos + width; x++)
        for (let y = yPos; y < yPos + height; y++) {
          expect(cells.has(`${x} ${y}`)).toBe(false);
          cells.add(`${x} ${y}`);
        }
    const bottom = Math.max(...tiles().map(({ yPos, height }) => yPos + height));
    expect(cells.size).toBe(48 * bottom);
  });

  test('has log panels whose filters match exactly the intended lines', () => {
    const lines = Object.values(writeEveryLine());
    const panels = tiles().flatMap(({ widget }) => widget.logsPanel ?? []);
    const found = panels.map(({ filter }) => lines.filter((line) => matches(filter, line)));
    for (const [index, { filter }] of panels.entries())
      for (const event of namedEvents(filter))
        expect(found[index]?.map((line) => line.event)).toContain(event);
    expect(found[0]?.map(({ event }) => event).sort()).toEqual(['content_unreadable', 'parse_error']);
    expect(found[1]).toEqual(
      lines.filter(
        ({ severity, event }) => severity === 'WARNING' || severity === 'ERROR' || event === 'run_completed',
      ),
    );
  });

  test('contains nothing for Terraform to interpolate', () => {
    expect(text()).not.toMatch(/(?<!\$)\$\{/);
    expect(JSON.parse(text()).labels).toMatchObject({ environment: 'dev' });
  });
});

interface Tile {
  xPos: number;
  yPos: number;
  width: number;
  height: number;
  widget: { title: string; logsPanel?: { filter: string } };
}

/** The anchor that GitHub derives from a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
