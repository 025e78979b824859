import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvent, requestedActions } from '../../../functions/sync/trigger/event.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const good = { data: base64('{}'), publishTime: '2026-11-23T10:00:00Z' };

test.each<[string, object, string[]]>([
  ['a message of the scheduler', good, []],
  ['no data', { ...good, data: undefined }, ['the message has no data']],
  ['empty data', { ...good, data: '' }, ['the message has no data']],
  ['data that is not base64', { ...good, data: '%%%' }, ['the message data is not base64']],
  ['data that is not JSON', { ...good, data: base64('tick') }, ['the message data is not JSON']],
  [
    'unknown attributes',
    { ...good, attributes: { color: 'red', reconcile: 'false' } },
    ['unknown attributes "color"'],
  ],
  [
    'a reconcile that is neither true nor false',
    { ...good, attributes: { reconcile: 'yes' } },
    ['reconcile must be true or false; it is ignored'],
  ],
  ['attributes of Pub/Sub itself', { ...good, attributes: { googclient_schemaencoding: 'JSON' } }, []],
  [
    'an approval that is not a number',
    { ...good, attributes: { approve_removals: 'all' } },
    ['approve_removals must be the number of removals to approve; nothing is approved'],
  ],
])('starts a scheduled run: %s', (_, message, warnings) => {
  expect(readEvent({ time: '2026-11-23T10:00:01Z', data: { message } })).toEqual({
    request: { reconcile: false, approvedRemovals: undefined },
    publishedAt: new Date('2026-11-23T10:00:00Z'),
    warnings,
  });
});

test('reads a reconcile and an approval from the attributes', () => {
  const attributes = { reconcile: 'true', approve_removals: '57', continue: 'true' };
  expect(readEvent({ data: { message: { ...good, attributes } } })).toMatchObject({
    request: { reconcile: true, approvedRemovals: 57 },
    warnings: [],
  });
});

test.each(['true', 'TRUE', ' True ', '1'])('reconcile=%s requests a reconcile', (reconcile) => {
  const attributes = { reconcile, color: 'red' };
  expect(readEvent({ data: { message: { ...good, attributes } } })).toMatchObject({
    request: { reconcile: true },
    warnings: ['unknown attributes "color"'],
  });
});

test('requestedActions returns the attributes from which readEvent reads the same request', () => {
  const number = fc.option(fc.nat(999_999_999), { nil: undefined });
  fc.assert(
    fc.property(fc.boolean(), number, number, (reconcile, approvedRemovals, approvedUpdates) => {
      const request = { reconcile, approvedRemovals, approvedUpdates };
      const attributes = Object.fromEntries(requestedActions(request).map((asked) => asked.split('=')));
      expect(readEvent({ data: { message: { ...good, attributes } } }).request).toEqual(request);
    }),
  );
});

test('takes the publish time from the message, else from the event, else leaves it undefined', () => {
  expect(
    readEvent({ time: '2026-11-23T10:00:01Z', data: { message: { data: good.data } } }).publishedAt,
  ).toEqual(new Date('2026-11-23T10:00:01Z'));
  expect(readEvent({ data: { message: { ...good, publishTime: 'soon' } } }).publishedAt).toBeUndefined();
});

test('any input starts a run, and approves only what its attributes say', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (event, message) => {
      for (const given of [event, { data: { message } }, { data: event }]) {
        const { request, warnings } = readEvent(given);
        expect(request).toEqual({ reconcile: false, approvedRemovals: undefined });
        for (const warning of warnings) expect(warning.length).toBeLessThan(2_000);
      }
    }),
  );
});
