/** Tries the new token: which account it belongs to, and whether it can access the folder. */
import type { Settings } from '../../sync/core/config.ts';
import { type Deadline, withTimeout } from '../../sync/core/deadline.ts';
import { createMeter } from '../../sync/core/usage.ts';
import { openDrive } from '../../sync/drive/client.ts';
import { connect, type DriveSettings } from '../../sync/drive/connection.ts';
import { driveError, driveTimeout } from '../../sync/drive/errors.ts';
import { verifyRoot } from '../../sync/drive/listing.ts';

/** Returns the email address of the account that the token belongs to, or undefined if Drive does not say. */
export async function findAccount(settings: DriveSettings, deadline: Deadline): Promise<string | undefined> {
  const operation = 'looking up the account of the token';
  const { api, close } = connect(settings, deadline);
  try {
    const { data } = await withTimeout(
      (signal) =>
        api.about.get({ fields: 'user(emailAddress)' }, { signal, retry: false }).catch((error) => {
          throw driveError(error, operation);
        }),
      deadline,
      () => driveTimeout(operation, deadline.callTimeoutMs),
    );
    return data.user?.emailAddress ?? undefined;
  } finally {
    close();
  }
}

/**
 * Verifies the folder as a run does.
 *
 * @throws SyncError as a run would
 */
export async function tryFolder(
  settings: DriveSettings,
  folder: Settings['folder'],
  deadline: Deadline,
): Promise<void> {
  const drive = openDrive({ settings, deadline, meter: createMeter(), retry: (_, attempt) => attempt() });
  await verifyRoot(drive, folder);
}
