import { defineCauses } from '../core/errors.ts';

/** The causes of Drive errors. A cause has the name of the error's `reason`, unless several reasons share it. */
export const driveCauses = defineCauses({
  invalid_grant: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The refresh token or service account key is no longer valid. If the OAuth consent screen is in "Testing", publish it: its refresh tokens expire after 7 days. Then get a new refresh token, set GOOGLE_REFRESH_TOKEN, and deploy again. For a service account key, check that the key was not deleted and that the clock is correct.',
  },
  invalid_client: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET. They must belong to the same OAuth client as the refresh token.',
  },
  unauthorized_client: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The refresh token was issued to another OAuth client. Get a new refresh token with this GOOGLE_CLIENT_ID.',
  },
  /** Any other error from the token endpoint; the reason is that error's name. */
  refusedToken: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Check the OAuth client, the refresh token, or the service account key, then deploy again.',
  },
  noCredentials: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'No refresh token or service account key is set, and there are no Application Default Credentials. Set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN, or set the service account key, or run on Google Cloud with a service account attached. With IDENTITY=keyless on your own machine, run gcloud auth application-default login.',
  },
  authError: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Drive rejected the access token. Get a new refresh token or service account key, then deploy again.',
  },
  accessNotConfigured: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Enable the Google Drive API in the project of the OAuth client or service account, wait a few minutes, then run again.',
  },
  insufficientPermissions: {
    error: 'AuthenticationError',
    retryable: false,
    hint: "The token lacks the required scope: drive.metadata.readonly, or drive.readonly if EMBEDDED_METADATA is not off. Get a new refresh token with that scope (npx catalog-sync auth). With IDENTITY=keyless on your own machine, impersonate the function's service account (npx catalog-sync doctor shows how).",
  },
  insufficientFilePermissions: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Share the Drive folder with the account that this function uses, as a Viewer.',
  },
  domainPolicy: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The domain does not allow Drive apps. Ask the domain administrator to allow this app.',
  },
  dailyLimitExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: "The project's daily Drive quota is used up. It resets at midnight Pacific time. If this recurs, raise the quota in the Google Cloud console.",
  },
  quotaExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: "The project's Drive quota is used up. The next run tries again. If this recurs, raise the quota in the Google Cloud console.",
  },
  sharingRateLimitExceeded: {
    error: 'DriveScanError',
    retryable: false,
    hint: "This account reached Drive's sharing limit. No action is needed: the next run tries again.",
  },
  /** 429, 408, 5xx, and 403 with a rate limit reason; the reason is Drive's. */
  busy: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'Drive is temporarily unavailable or is limiting requests. The run retries automatically. If this continues, check the Drive API quotas and the Google Workspace status page.',
  },
  rootNotFound: {
    error: 'DriveScanError',
    retryable: false,
    hint: "Share the folder with the account that this function uses, as a Viewer. Check that GOOGLE_DRIVE_FOLDER_ID is correct: it is the last part of the folder's URL.",
  },
  rootNotFolder: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Set GOOGLE_DRIVE_FOLDER_ID to the ID or URL of the folder that holds the books, not of a file or shortcut.',
  },
  rootTrashed: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Restore the folder in Drive, or set GOOGLE_DRIVE_FOLDER_ID to another folder. Nothing was removed from the catalog.',
  },
  notFound: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Check that the item exists and is shared with the account that this function uses.',
  },
  /** Every other status. */
  unexpected: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'This error is not expected. Check the reason in this log line. If it recurs, report it and include this log line.',
  },
  malformedAnswer: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'A proxy or an outage may be altering the responses. The run retries automatically.',
  },
  /** A folder or an entry could not be read; the reason says why. */
  incomplete: {
    error: 'DriveScanError',
    retryable: true,
    hint: 'Everything found is in the catalog, nothing was removed, and the next run lists the library again. If this lasts for days, check the folder named in the warnings above.',
  },
  /** Not retryable: an immediate retry would get the same response. The next run lists again. */
  malformedEntry: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'Everything found is in the catalog, nothing was removed, and the next run lists the library again. If this lasts for days, check the item named in the warnings above and report it with this log line.',
  },
  notMember: {
    error: 'DriveScanError',
    retryable: false,
    hint: 'The folder is in a shared drive, where sharing the folder is not enough. Add the account that this function uses to the shared drive, as a Viewer. If only a shortcut points there, you can remove the shortcut instead.',
  },
  timeout: {
    error: 'NetworkError',
    retryable: true,
    hint: 'The run retries automatically. If this continues, check the Google Workspace status page.',
  },
  /** DNS failures, refused connections, and dropped connections; the reason is the system error code. */
  network: {
    error: 'NetworkError',
    retryable: true,
    hint: "The run retries automatically. If this continues, check the function's network and DNS.",
  },
  tls: {
    error: 'NetworkError',
    retryable: false,
    hint: 'The TLS certificate is not trusted. Check for a proxy that intercepts TLS, and check that the system clock is correct.',
  },
});
