/** The causes of failure that lie with neither Drive nor Firestore; theirs are in drive/causes.ts and catalog/causes.ts. */
import { defineCauses } from './errors.ts';

export const runCauses = defineCauses({
  settings: {
    error: 'ConfigError',
    retryable: false,
    hint: 'Set these variables in the .env file of the environment and deploy again (secrets become new versions in Secret Manager); .env.example explains each.',
  },
  /** Retryable where a person asked for something: no other run does it for them. */
  outOfTime: {
    error: 'RunTimeoutError',
    retryable: false,
    hint: 'The library is too large to be listed and compared in that time, or Drive or Firestore is very slow. Give the function more memory, which brings more CPU, or split the library.',
  },
  /** Not retryable: the same event delivered again at once would only find the same. */
  reconcileOutOfTime: {
    error: 'RunTimeoutError',
    retryable: false,
    hint: 'The catalog still follows the changes feed. Until a reconcile fits, what the feed does not report is not corrected. Give the function more memory, which brings more CPU, or split the library.',
  },
  /** Documents that another program writes to all the time. */
  conflict: {
    error: 'CatalogError',
    retryable: true,
    hint: 'Another program writes to the same documents all the time. The next run tries again; if this lasts, find that program.',
  },
  publish: {
    error: 'NetworkError',
    retryable: true,
    hint: 'Grant the identity of the function the role roles/pubsub.publisher on its topic. The next tick goes on all the same.',
  },
  noAuthor: {
    error: 'MetadataError',
    retryable: false,
    hint: 'Rename the file to `Title - Author (Year).pdf`, or correct the author in the catalog.',
  },
});
