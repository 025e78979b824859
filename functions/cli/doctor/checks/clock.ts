/** Compares the clock with Google's. Service accounts sign the current time, and Google rejects a wrong time. */
import { OAuth2Client } from 'google-auth-library';
import { withTimeout } from '../../../sync/core/deadline.ts';
import { driveError, driveTimeout } from '../../../sync/drive/errors.ts';
import type { Check } from '../check.ts';

/** In seconds. Google accepts a difference of a few minutes and rejects more. */
const limits = { warn: 60, fail: 300 } as const;

const operation = 'reading the server time';

export const clock: Check = {
  name: 'clock',
  needs: [],
  side: 'drive',
  async run({ settings, deadline, retry, now }) {
    const url = `${settings.googleApiRoot ?? 'https://www.googleapis.com'}/drive/v3/about`;
    const { date, sentAt, receivedAt } = await retry(operation, () =>
      withTimeout(
        async (signal) => {
          const sentAt = now();
          // Every response contains the time, even an error, so no token is needed. With a wrong clock, Google might
          // not issue one.
          const response = await new OAuth2Client().transporter
            .request({ url, signal, retry: false, responseType: 'text', validateStatus: () => true })
            .catch((error) => {
              throw driveError(error, operation);
            });
          return { date: response.headers.get('date'), sentAt, receivedAt: now() };
        },
        deadline,
        () => driveTimeout(operation, deadline.callTimeoutMs),
      ),
    );
    const theirs = Date.parse(date ?? '');
    if (Number.isNaN(theirs))
      return {
        status: 'warning',
        said: 'the response has no valid Date header',
        todo: ['A proxy may have changed the response. Compare the clock manually.'],
      };
    // The header is truncated to whole seconds, and was written between the request and the response.
    const offset = Math.round(((sentAt + receivedAt) / 2 - (theirs + 500)) / 1000);
    const seconds = Math.abs(offset);
    const said =
      seconds <= 1 ? 'in sync with Google' : `${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} Google`;
    if (seconds <= limits.warn) return { said };
    const todo = ['Synchronize the clock of this machine: sudo timedatectl set-ntp true'];
    if (seconds <= limits.fail) return { status: 'warning', said, todo };
    return { status: 'todo', said: `${said}; Google rejects tokens that are this far off`, todo };
  },
};
