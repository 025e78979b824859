/** Our clock beside Google's: a service account signs with the time, and tokens of the wrong time are refused. */
import { OAuth2Client } from 'google-auth-library';
import { withTimeout } from '../../../sync/core/deadline.ts';
import { driveError, driveTimeout } from '../../../sync/drive/errors.ts';
import type { Check } from '../check.ts';

/** Seconds. Google takes a few minutes' difference; what is more, it refuses. */
const limits = { warn: 60, fail: 300 } as const;

const operation = 'asking for the time';

export const clock: Check = {
  name: 'clock',
  needs: [],
  side: 'drive',
  async run({ settings, deadline, retry, now }) {
    const url = `${settings.googleApiRoot ?? 'https://www.googleapis.com'}/drive/v3/about`;
    const { date, asked, answered } = await retry(operation, () =>
      withTimeout(
        async (signal) => {
          const asked = now();
          // Any answer has the time in it, a refusal too, so no token is needed that a wrong clock would spoil.
          const answer = await new OAuth2Client().transporter
            .request({ url, signal, retry: false, responseType: 'text', validateStatus: () => true })
            .catch((error) => {
              throw driveError(error, operation);
            });
          return { date: answer.headers.get('date'), asked, answered: now() };
        },
        deadline,
        () => driveTimeout(operation, deadline.callTimeoutMs),
      ),
    );
    const theirs = Date.parse(date ?? '');
    if (Number.isNaN(theirs))
      return {
        status: 'warning',
        said: 'the answer does not say what time it is',
        todo: ['A proxy may stand between; compare the clock by hand.'],
      };
    // The header has whole seconds, and it was written between question and answer.
    const offset = Math.round(((asked + answered) / 2 - (theirs + 500)) / 1000);
    const seconds = Math.abs(offset);
    const said = seconds <= 1 ? "as Google's" : `${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} Google's`;
    if (seconds <= limits.warn) return { said };
    const todo = ['Set the clock of this machine: sudo timedatectl set-ntp true'];
    if (seconds <= limits.fail) return { status: 'warning', said, todo };
    return { status: 'todo', said: `${said}; Google refuses tokens that are so far off`, todo };
  },
};
