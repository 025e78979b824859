/** The event that asks for a run: a Pub/Sub message, of which only the attributes count. */

/** What a tick asks for. The plain hourly one asks for nothing in particular. */
export interface RunRequest {
  /** Compare the whole library, whatever the checkpoint says. */
  reconcile: boolean;
  /** Removals up to this number are approved by a person. */
  approvedRemovals: number | undefined;
  /** Updates by newer rules up to this number are approved by a person. */
  approvedUpdates?: number | undefined;
}

/** What the scheduler asks for: nothing in particular. */
export const plainRequest: RunRequest = { reconcile: false, approvedRemovals: undefined };

export interface ReadEvent {
  request: RunRequest;
  /** When the message was published; undefined where the event does not say. */
  publishedAt: Date | undefined;
  /** What is unusual about the event, for the log. */
  warnings: string[];
}

/** The attributes a message may carry. */
export const attributes = {
  reconcile: 'reconcile',
  approveRemovals: 'approve_removals',
  approveUpdates: 'approve_updates',
  continue: 'continue',
} as const;

/** What a tick asks for, as it is published; empty for the plain one, whose work any other tick does as well. */
export function requestedActions({ reconcile, approvedRemovals, approvedUpdates }: RunRequest): string[] {
  return [
    ...(reconcile ? [`${attributes.reconcile}=true`] : []),
    ...(approvedRemovals === undefined ? [] : [`${attributes.approveRemovals}=${approvedRemovals}`]),
    ...(approvedUpdates === undefined ? [] : [`${attributes.approveUpdates}=${approvedUpdates}`]),
  ];
}

/**
 * Reads a CloudEvent of the type `google.cloud.pubsub.topic.v1.messagePublished`. Never throws: whatever arrives is
 * a tick, and what is odd about it is told.
 */
export function readEvent(event: unknown): ReadEvent {
  const { time, data } = asObject(event);
  const message = asObject(asObject(data).message);
  const warnings: string[] = [];
  const given = Object.entries(asObject(message.attributes)).filter(
    ([name]) => !name.startsWith('googclient_'),
  );
  const known = new Map(given.map(([name, value]) => [name, String(value)]));
  const unknown = given
    .map(([name]) => name)
    .filter((name) => !(Object.values(attributes) as string[]).includes(name));
  if (unknown.length > 0)
    warnings.push(
      `unknown attributes ${unknown
        .slice(0, 10)
        .map((name) => JSON.stringify(name.slice(0, 100)))
        .join(', ')}`,
    );
  warnings.push(...findDataWarnings(message.data));

  function readNumber(name: string, what: string): number | undefined {
    const approved = known.get(name);
    if (approved === undefined || /^\d{1,9}$/.test(approved))
      return approved === undefined ? undefined : Number(approved);
    warnings.push(`${name} must be the number of ${what} to approve; nothing is approved`);
    return undefined;
  }
  return {
    request: {
      reconcile: known.get(attributes.reconcile) === 'true',
      approvedRemovals: readNumber(attributes.approveRemovals, 'removals'),
      approvedUpdates: readNumber(attributes.approveUpdates, 'updates'),
    },
    publishedAt: [message.publishTime, message.publish_time, time]
      .map(toDate)
      .find((date) => date !== undefined),
    warnings,
  };
}

/** The scheduler sends a JSON object as data; nothing in it counts, but what is not that came from somewhere else. */
function findDataWarnings(data: unknown): string[] {
  if (data === undefined || data === null || data === '') return ['it has no data'];
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/\-_\s]*={0,2}\s*$/.test(data))
    return ['its data is not base64'];
  try {
    JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
    return [];
  } catch {
    return ['its data is not JSON'];
  }
}

function toDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
