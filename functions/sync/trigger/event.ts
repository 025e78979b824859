/** Reads the event that starts a run: a Pub/Sub message, of which only the attributes are used. */
import { asObject } from '../core/objects.ts';

/** What a message requests. The hourly message of the scheduler requests nothing specific. */
export interface RunRequest {
  /** Reconcile, regardless of the checkpoint. */
  reconcile: boolean;
  /** A person approved up to this many removals. */
  approvedRemovals: number | undefined;
  /** A person approved up to this many updates from newer metadata rules. */
  approvedUpdates?: number | undefined;
}

/** The request of a scheduled run: nothing specific. */
export const plainRequest: RunRequest = { reconcile: false, approvedRemovals: undefined };

export interface ReadEvent {
  request: RunRequest;
  /** When the message was published; undefined if the event does not say. */
  publishedAt: Date | undefined;
  /** What is unexpected about the event, as short phrases for a log line. */
  warnings: string[];
}

/** The attributes that a message can have. */
export const attributes = {
  reconcile: 'reconcile',
  approveRemovals: 'approve_removals',
  approveUpdates: 'approve_updates',
  continue: 'continue',
} as const;

/** Returns a request as `name=value` attributes. Empty for a scheduled run, because any other run does its work. */
export function requestedActions({ reconcile, approvedRemovals, approvedUpdates }: RunRequest): string[] {
  return [
    ...(reconcile ? [`${attributes.reconcile}=true`] : []),
    ...(approvedRemovals === undefined ? [] : [`${attributes.approveRemovals}=${approvedRemovals}`]),
    ...(approvedUpdates === undefined ? [] : [`${attributes.approveUpdates}=${approvedUpdates}`]),
  ];
}

/**
 * Reads a CloudEvent of the type `google.cloud.pubsub.topic.v1.messagePublished`. Never throws: every event starts
 * a run, and anything unexpected about it is returned as a warning.
 */
export function readEvent(event: unknown): ReadEvent {
  const { time, data } = asObject(event) ?? {};
  const message = asObject(asObject(data)?.message) ?? {};
  const given = Object.entries(asObject(message.attributes) ?? {}).filter(
    ([name]) => !name.startsWith('googclient_'),
  );
  const warnings = [...findUnknownAttributes(given.map(([name]) => name)), ...findDataWarnings(message.data)];
  const values = new Map(given.map(([name, value]) => [name, String(value)]));

  function readFlag(name: string): boolean {
    const value = values.get(name)?.trim().toLowerCase();
    if (value === 'true' || value === '1') return true;
    if (value !== undefined && value !== 'false' && value !== '0')
      warnings.push(`${name} must be true or false; it is ignored`);
    return false;
  }
  function readNumber(name: string, what: string): number | undefined {
    const value = values.get(name);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value)) return Number(value);
    warnings.push(`${name} must be the number of ${what} to approve; nothing is approved`);
    return undefined;
  }
  return {
    request: {
      reconcile: readFlag(attributes.reconcile),
      approvedRemovals: readNumber(attributes.approveRemovals, 'removals'),
      approvedUpdates: readNumber(attributes.approveUpdates, 'updates'),
    },
    publishedAt: [message.publishTime, message.publish_time, time]
      .map(toDate)
      .find((date) => date !== undefined),
    warnings,
  };
}

function findUnknownAttributes(names: readonly string[]): string[] {
  const known: readonly string[] = Object.values(attributes);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 100)));
  return [`unknown attributes ${shown.join(', ')}`];
}

/**
 * The scheduler sends a JSON object as data. Its content is not used, but any other data came from another sender.
 */
function findDataWarnings(data: unknown): string[] {
  if (data === undefined || data === null || data === '') return ['the message has no data'];
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/\-_\s]*={0,2}\s*$/.test(data))
    return ['the message data is not base64'];
  try {
    JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
    return [];
  } catch {
    return ['the message data is not JSON'];
  }
}

function toDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
