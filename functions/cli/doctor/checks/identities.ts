/** Who asks: by what is Google told who we are. */

import { projectOfAccount, runtimeAccount } from '../../shared/accounts.ts';
import type { Check, Result, Subject } from '../check.ts';

export const driveIdentity: Check = {
  name: 'driveIdentity',
  needs: [],
  side: 'drive',
  run(subject) {
    const { driveIdentity: identity, googleApiRoot } = subject.settings;
    const result = describe(identity, subject);
    if (!googleApiRoot) return result;
    return {
      status: 'warning',
      said: `${result.said}; asked is ${googleApiRoot}, not Google`,
      todo: ['Remove GOOGLE_API_ROOT from the file to check the real Drive.', ...(result.todo ?? [])],
    };
  },
};

export const catalogIdentity: Check = {
  name: 'catalogIdentity',
  needs: [],
  side: 'catalog',
  run(subject) {
    const { catalogIdentity: identity, projectId } = subject.settings;
    const emulator = process.env.FIRESTORE_EMULATOR_HOST;
    if (emulator)
      return {
        status: 'warning',
        said: `the emulator at ${emulator} lets everybody in`,
        todo: ['Unset FIRESTORE_EMULATOR_HOST to check the real Firestore.'],
      };
    const result = describe(identity, subject);
    const own = identity.kind === 'service-account' ? projectOfAccount(identity.clientEmail) : undefined;
    if (own === undefined || own === projectId) return result;
    return {
      status: 'warning',
      said: `${result.said}, an account of the project ${own}; the database is in ${projectId}`,
      todo: [
        'If that is not meant so, set FIREBASE_PROJECT_ID to the project of the key, or take another key.',
      ],
    };
  },
};

function describe(identity: Subject['settings']['driveIdentity'], subject: Subject): Result {
  switch (identity.kind) {
    case 'oauth':
      return { said: `a person, by the refresh token of the OAuth client ${identity.clientId}` };
    case 'service-account':
      return { said: `the service account ${identity.clientEmail}, by its key` };
    case 'keyless': {
      const account = runtimeAccount(subject);
      return {
        status: 'warning',
        said: 'whoever this machine is to Google; the deployed function is somebody else',
        todo: [
          `To be checked as the function, take its identity on: gcloud auth application-default login --impersonate-service-account=${account}`,
          'Before the next deployment take your own on again, because Terraform uses the same login: gcloud auth application-default login',
        ],
      };
    }
  }
}
