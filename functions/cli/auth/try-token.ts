/** Is the new token good for what it was made for? */
import type { Settings } from '../../sync/core/config.ts';
import { type Deadline, withTimeout } from '../../sync/core/deadline.ts';
import { createMeter } from '../../sync/core/usage.ts';
import { openDrive } from '../../sync/drive/client.ts';
import { connect, type DriveSettings } from '../../sync/drive/connection.ts';
import { driveError, driveTimeout } from '../../sync/drive/errors.ts';
import { verifyRoot } from '../../sync/drive/listing.ts';

/** The address of the account the token is of; undefined where Drive does not say. */
export async function askWhose(settings: DriveSettings, deadline: Deadline): Promise<string | undefined> {
  const operation = 'asking whose the token is';
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
 * Looks at the folder as a run does.
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
