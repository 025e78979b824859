/** Causes of failure outside Drive and Firestore. For those two, see drive/causes.ts and catalog/causes.ts. */
import { defineCauses } from './errors.ts';

export const runCauses = defineCauses({
  settings: {
    error: 'ConfigError',
    retryable: false,
    hint: "Set these variables in the environment's .env file, then deploy again. Secrets become new versions in Secret Manager. .env.example describes every variable.",
  },
  /** `outOfTime` in sync.ts makes this retryable if a person requested something: no other run would do it. */
  outOfTime: {
    error: 'RunTimeoutError',
    retryable: false,
    hint: 'The library is too large to list and compare in that time, or Drive or Firestore is very slow. Give the function more memory, which also adds CPU, or split the library.',
  },
  /** Not retryable: the same event, delivered again right away, would fail the same way. */
  reconcileOutOfTime: {
    error: 'RunTimeoutError',
    retryable: false,
    hint: 'The catalog still follows the changes feed, but differences that the feed does not report remain until a reconcile completes. Give the function more memory, which also adds CPU, or split the library.',
  },
  conflict: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Another program keeps writing to the same documents. The next run tries again. If this continues, find and stop that program.',
  },
  publish: {
    error: 'NetworkError',
    retryable: true,
    hint: 'Check that the function can reach Pub/Sub, and grant its service account the role roles/pubsub.publisher on its topic. Until then, the next scheduled run continues the work.',
  },
  noAuthor: {
    error: 'MetadataError',
    retryable: false,
    hint: 'Rename the file to `Title - Author (Year).pdf`, or correct the author in the catalog.',
  },
});
