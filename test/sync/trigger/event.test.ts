import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvent, requestedActions } from '../../../functions/sync/trigger/event.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const good = { data: base64('{}'), publishTime: '2026-11-23T10:00:00Z' };

test.each<[string, object, string[]]>([
  ['a plain tick', good, []],
  ['no data', { ...good, data: undefined }, ['it has no data']],
  ['empty data', { ...good, data: '' }, ['it has no data']],
  ['data that is not base64', { ...good, data: '%%%' }, ['its data is not base64']],
  ['data that is not JSON', { ...good, data: base64('tick') }, ['its data is not JSON']],
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
  ["the platform's own attributes", { ...good, attributes: { googclient_schemaencoding: 'JSON' } }, []],
  [
    'an approval that is no number',
    { ...good, attributes: { approve_removals: 'all' } },
    ['approve_removals must be the number of removals to approve; nothing is approved'],
  ],
])('%s is a plain tick', (_, message, warnings) => {
  expect(readEvent({ time: '2026-11-23T10:00:01Z', data: { message } })).toEqual({
    request: { reconcile: false, approvedRemovals: undefined },
    publishedAt: new Date('2026-11-23T10:00:00Z'),
    warnings,
  });
});

test('attributes ask for more', () => {
  const attributes = { reconcile: 'true', approve_removals: '57', continue: 'true' };
  expect(readEvent({ data: { message: { ...good, attributes } } })).toMatchObject({
    request: { reconcile: true, approvedRemovals: 57 },
    warnings: [],
  });
});

test.each(['true', 'TRUE', ' True ', '1'])('reconcile=%s asks for a reconcile', (reconcile) => {
  const attributes = { reconcile, color: 'red' };
  expect(readEvent({ data: { message: { ...good, attributes } } })).toMatchObject({
    request: { reconcile: true },
    warnings: ['unknown attributes "color"'],
  });
});

test('what a tick asks for is told as it is published', () => {
  const number = fc.option(fc.nat(999_999_999), { nil: undefined });
  fc.assert(
    fc.property(fc.boolean(), number, number, (reconcile, approvedRemovals, approvedUpdates) => {
      const request = { reconcile, approvedRemovals, approvedUpdates };
      const attributes = Object.fromEntries(requestedActions(request).map((asked) => asked.split('=')));
      expect(readEvent({ data: { message: { ...good, attributes } } }).request).toEqual(request);
    }),
  );
});

test('the time is the message’s, else the event’s, else unknown', () => {
  expect(
    readEvent({ time: '2026-11-23T10:00:01Z', data: { message: { data: good.data } } }).publishedAt,
  ).toEqual(new Date('2026-11-23T10:00:01Z'));
  expect(readEvent({ data: { message: { ...good, publishTime: 'soon' } } }).publishedAt).toBeUndefined();
});

test('anything at all is a tick that approves nothing it does not say', () => {
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
