import { expect, test } from 'vitest';
import { adviceOn } from '../../../functions/cli/doctor/advice.ts';
import { readSettings } from '../../../functions/sync/core/config.ts';
import { driveError } from '../../../functions/sync/drive/errors.ts';

const settings = readSettings({
  GOOGLE_DRIVE_FOLDER_ID: '1AbCdEfGhIjKlMnOpQrStUvWxYz012345',
  FIREBASE_PROJECT_ID: 'my-school-4711',
});

/** Property names that every object inherits. A reason is text from the server and can be any of them. */
test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', ''])(
  'treats the reason "%s" as one without a specific cause',
  (reason) => {
    const refused = Object.assign(new Error('refused'), {
      response: { status: 403, data: { error: { message: 'No.', errors: [{ reason }] } } },
      config: { url: 'https://www.googleapis.com/drive/v3/files' },
    });
    const error = driveError(refused, 'listing a folder');
    expect(error).toMatchObject({ name: 'DriveScanError', causeName: 'unexpected', reason });
    expect(adviceOn(error, 'drive', { environment: 'dev', settings, values: {} })).toEqual([]);

    const noToken = Object.assign(new Error('refused'), {
      response: { status: 400, data: { error: reason || 'x' } },
      config: { url: 'https://oauth2.googleapis.com/token' },
    });
    expect(driveError(noToken, 'listing a folder')).toMatchObject({
      name: 'AuthenticationError',
      causeName: 'refusedToken',
    });
  },
);
