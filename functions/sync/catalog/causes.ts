import { defineCauses } from '../core/errors.ts';

/** Named after the `reason` of the error where it has one of its own. */
export const catalogCauses = defineCauses({
  invalid_grant: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'The key for Firestore is not valid. Check FIREBASE_CLIENT_EMAIL and FIREBASE_PRIVATE_KEY: was the key deleted, is the clock right?',
  },
  noCredentials: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'No key is set, and the machine has no identity of its own. Set FIREBASE_CLIENT_EMAIL and FIREBASE_PRIVATE_KEY, or run where the platform gives an identity.',
  },
  unauthenticated: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Firestore rejects the credentials. Check the key, or the identity of the function.',
  },
  apiDisabled: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Enable the Cloud Firestore API in the project FIREBASE_PROJECT_ID, wait a few minutes, run again.',
  },
  permissionDenied: {
    error: 'AuthenticationError',
    retryable: false,
    hint: 'Grant the role roles/datastore.user in the project FIREBASE_PROJECT_ID to the identity of the function, and check the project id.',
  },
  databaseNotFound: {
    error: 'ConfigError',
    retryable: false,
    hint: 'The database does not exist. Create a Firestore database in Native mode in the project FIREBASE_PROJECT_ID, or check FIREBASE_PROJECT_ID and FIRESTORE_DATABASE.',
  },
  datastoreMode: {
    error: 'ConfigError',
    retryable: false,
    hint: 'The database is in Datastore mode. Create another one in Native mode and name it in FIRESTORE_DATABASE, or use another project.',
  },
  resourceExhausted: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Firestore limits us, or its daily free quota is used up. Lower WRITES_PER_SECOND if this recurs; check the billing of the project.',
  },
  /** Cancelled, unknown, deadline exceeded, aborted, internal, unavailable; the reason says which. */
  busy: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Firestore is busy or briefly away; the run tries again by itself. If it lasts, look at the Google Cloud status page.',
  },
  timeout: {
    error: 'NetworkError',
    retryable: true,
    hint: 'Firestore is busy or briefly away; the run tries again by itself. If it lasts, look at the Google Cloud status page.',
  },
  /** DNS, refused and cut connections. */
  network: {
    error: 'NetworkError',
    retryable: true,
    hint: 'No answer came from Firestore; the run tries again by itself. If it lasts, check the network and name resolution of the function.',
  },
  tls: {
    error: 'NetworkError',
    retryable: false,
    hint: 'The secure connection is not trusted: look for a proxy that intercepts TLS, or a wrong clock.',
  },
  /** Any other code; the reason is its name. */
  unexpected: {
    error: 'CatalogError',
    retryable: false,
    hint: 'This is not expected. If it recurs, report it with this line.',
  },
});
