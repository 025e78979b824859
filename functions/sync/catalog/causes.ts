import { defineCauses } from '../core/errors.ts';

/** The causes of Firestore errors. A cause has the name of the error's `reason`, unless several reasons share it. */
export const catalogCauses = defineCauses({
  invalid_grant: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The service account key for Firestore is not valid. Check FIREBASE_CLIENT_EMAIL and FIREBASE_PRIVATE_KEY. Make sure that the key was not deleted and that the system clock is correct.',
  },
  noCredentials: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'No service account key is set, and this machine has no Application Default Credentials. Set FIREBASE_CLIENT_EMAIL and FIREBASE_PRIVATE_KEY, or run on Google Cloud with a service account attached. With IDENTITY=keyless on your own machine, run gcloud auth application-default login.',
  },
  unauthenticated: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Firestore rejected the credentials. Check the service account key, or the service account of the function.',
  },
  apiDisabled: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Enable the Cloud Firestore API in the project FIREBASE_PROJECT_ID, wait a few minutes, then run again.',
  },
  permissionDenied: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Grant the role roles/datastore.user in the project FIREBASE_PROJECT_ID to the service account of the function, and check that the project ID is correct.',
  },
  databaseNotFound: {
    error: 'ConfigError',
    retryable: false,
    hint: 'The database does not exist. Create a Firestore database in Native mode in the project FIREBASE_PROJECT_ID, or correct FIREBASE_PROJECT_ID or FIRESTORE_DATABASE.',
  },
  datastoreMode: {
    error: 'ConfigError',
    retryable: false,
    hint: 'The database is in Datastore mode. Create another database in Native mode and set FIRESTORE_DATABASE to its name, or use another project.',
  },
  resourceExhausted: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Firestore is throttling requests, or its daily free quota is used up. If this recurs, lower WRITES_PER_SECOND and check the billing of the project.',
  },
  /** Canceled, unknown, deadline exceeded, aborted, internal or unavailable; the reason says which. */
  busy: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Firestore is busy or temporarily unavailable. The run retries automatically. If this continues, check the Google Cloud status page.',
  },
  timeout: {
    error: 'NetworkError',
    retryable: true,
    hint: 'Firestore is busy or temporarily unavailable. The run retries automatically. If this continues, check the Google Cloud status page.',
  },
  /** DNS errors, and refused or interrupted connections. */
  network: {
    error: 'NetworkError',
    retryable: true,
    hint: 'Firestore did not respond. The run retries automatically. If this continues, check the network connection and DNS of the function.',
  },
  tls: {
    error: 'NetworkError',
    retryable: false,
    hint: 'The TLS certificate is not trusted. Check for a proxy that intercepts TLS, and check that the system clock is correct.',
  },
  /** Any other gRPC code; the reason is its name. */
  unexpected: {
    error: 'CatalogError',
    retryable: false,
    hint: 'This error is not expected. If it recurs, report it and include this log line.',
  },
});
