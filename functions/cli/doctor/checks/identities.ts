/** Reports which identities the calls to Drive and Firestore use. */
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
      said: `${result.said}; calls go to ${googleApiRoot}, not to Google`,
      todo: [
        `Remove GOOGLE_API_ROOT from .env.${subject.environment} to check the real Drive.`,
        ...(result.todo ?? []),
      ],
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
        said: `the emulator at ${emulator} does not check credentials`,
        todo: ['Unset FIRESTORE_EMULATOR_HOST to check the real Firestore.'],
      };
    const result = describe(identity, subject);
    const own = identity.kind === 'service-account' ? projectOfAccount(identity.clientEmail) : undefined;
    if (own === undefined || own === projectId) return result;
    return {
      status: 'warning',
      said: `${result.said}; it belongs to project ${own}, but the database is in ${projectId}`,
      todo: [
        'If this is not intended, set FIREBASE_PROJECT_ID to the project of the key, or use another key.',
      ],
    };
  },
};

function describe(identity: Subject['settings']['driveIdentity'], subject: Subject): Result {
  switch (identity.kind) {
    case 'oauth':
      return { said: `a person, with a refresh token of OAuth client ${identity.clientId}` };
    case 'service-account':
      return { said: `service account ${identity.clientEmail}, with a key` };
    case 'keyless': {
      const account = runtimeAccount(subject);
      return {
        status: 'warning',
        said: "this machine's Application Default Credentials; the deployed function uses its own service account",
        todo: [
          `To run the checks as the function, impersonate its service account: gcloud auth application-default login --impersonate-service-account=${account}`,
          'Before you deploy again, log in as yourself, because Terraform uses the same login: gcloud auth application-default login',
        ],
      };
    }
  }
}
