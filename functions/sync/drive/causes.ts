import { defineCauses } from '../core/errors.ts';

/** Named after the `reason` of the error where it has one of its own. */
export const driveCauses = defineCauses({
  invalid_grant: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The refresh token or key is no longer valid. If the OAuth consent screen is in "Testing", tokens die after 7 days: publish it, get a new token and set GOOGLE_REFRESH_TOKEN. Also check that the key was not deleted and the clock is right.',
  },
  invalid_client: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: they must be of the same OAuth client as the refresh token.',
  },
  unauthorized_client: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The refresh token belongs to another OAuth client. Get a new one with this GOOGLE_CLIENT_ID.',
  },
  /** Any other word of the token endpoint; the word is the reason. */
  refusedToken: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Check the OAuth client, the refresh token or the service account key, and deploy again.',
  },
  noCredentials: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'No refresh token and no key is set, and the machine has no identity of its own. Set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN, or the service account key, or run where the platform gives an identity; with IDENTITY=keyless on your own machine log in with gcloud auth application-default login.',
  },
  authError: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Drive rejects the token. Get a new refresh token (or key) and deploy again.',
  },
  accessNotConfigured: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Enable the Google Drive API in the project of the OAuth client or service account, wait a few minutes, run again.',
  },
  insufficientPermissions: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The token was granted other scopes than drive.metadata.readonly, or drive.readonly where EMBEDDED_METADATA is not off. Get a new refresh token with that scope (npx catalog-sync auth); with IDENTITY=keyless on your own machine, ask as the account of the function (npx catalog-sync doctor says how).',
  },
  insufficientFilePermissions: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Share the Drive folder with the identity of this function, as a viewer.',
  },
  domainPolicy: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The domain does not allow Drive apps. Ask its administrator to allow this one.',
  },
  dailyLimitExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: "The project's daily Drive quota is used up. It is renewed at midnight Pacific time; raise it in the Google Cloud console if this recurs.",
  },
  quotaExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: "The project's Drive quota is used up. The next run tries again; raise the quota in the Google Cloud console if this recurs.",
  },
  sharingRateLimitExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Drive limits sharing for this account. The next run tries again.',
  },
  /** 429, 408, 5xx, and 403 with a rate limit; the reason is Drive's. */
  busy: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'Drive is busy or limits us; the run tries again by itself. If it lasts, look at the Drive API quotas and the Google Workspace status page.',
  },
  rootNotFound: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Share the folder with the identity of this function as a viewer, and check GOOGLE_DRIVE_FOLDER_ID: it is the last part of the link of the folder.',
  },
  rootNotFolder: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Set GOOGLE_DRIVE_FOLDER_ID to the id or the link of the folder that holds the books, not of a file or a shortcut in it.',
  },
  rootTrashed: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Restore the folder in Drive, or set GOOGLE_DRIVE_FOLDER_ID to another one. Nothing was removed from the catalog.',
  },
  notFound: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'The item is not there, or not shared with the identity of this function.',
  },
  /** Every other status. */
  unexpected: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'This is not expected. Look at the reason in this line; if it recurs, report it with this line.',
  },
  malformedAnswer: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'A proxy or an outage may stand between; the run tries again by itself.',
  },
  /** A folder, or an entry, that could not be read; the reason says which. */
  incomplete: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'What was found is in the catalog, nothing was removed, and the next run lists everything again. If this lasts for days, look at the folder named in the warnings above.',
  },
  /** Not retryable: Drive answered, and at once it would answer the same. The next run lists again. */
  malformedEntry: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'What was found is in the catalog, and nothing was removed; the next run lists everything again. If this lasts for days, look at the item named in the warnings above, and report it with this line.',
  },
  notMember: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'The folder lies in a shared drive, and there sharing the folder is not enough: make the identity of this function a member of the shared drive, as a viewer. Where a shortcut leads there, removing the shortcut does as well.',
  },
  timeout: {
    error: 'NetworkError',
    retryable: true,
    hint: 'The run tries again by itself. If it lasts, look at the Google Workspace status page.',
  },
  /** DNS, refused and cut connections; the reason is the name of the system's error. */
  network: {
    error: 'NetworkError',
    retryable: true,
    hint: 'The run tries again by itself. If it lasts, check the network and name resolution of the function.',
  },
  tls: {
    error: 'NetworkError',
    retryable: false,
    hint: 'The secure connection is not trusted: look for a proxy that intercepts TLS, or a wrong clock.',
  },
});
