import { secretNames } from '../../functions/sync/core/config.ts';
import type { Identity } from './environments.ts';

export type SecretName = (typeof secretNames)[number];

/**
 * The secrets of each identity. With `oauth` the key is optional: without it, the function accesses Firestore
 * keyless.
 */
export const secretsOf: Record<Identity, { needed: readonly SecretName[]; optional: readonly SecretName[] }> =
  {
    oauth: {
      needed: [
        'GOOGLE_CLIENT_ID',
        'GOOGLE_CLIENT_SECRET',
        'GOOGLE_REFRESH_TOKEN',
        'GOOGLE_DRIVE_FOLDER_ID',
        'FIREBASE_PROJECT_ID',
      ],
      optional: ['FIREBASE_CLIENT_EMAIL', 'FIREBASE_PRIVATE_KEY'],
    },
    'service-account': {
      needed: [
        'GOOGLE_DRIVE_FOLDER_ID',
        'FIREBASE_PROJECT_ID',
        'FIREBASE_CLIENT_EMAIL',
        'FIREBASE_PRIVATE_KEY',
      ],
      optional: [],
    },
    keyless: { needed: ['GOOGLE_DRIVE_FOLDER_ID', 'FIREBASE_PROJECT_ID'], optional: [] },
  };

/** Finds secrets that the identity needs but are missing, and secrets that it would silently ignore. */
export function findSecretProblems(
  identity: Identity,
  values: Record<string, string>,
  problems: readonly string[],
): string[] {
  const { needed, optional } = secretsOf[identity];
  const isReported = (name: string) => problems.some((problem) => problem.startsWith(`${name} `));
  const missing = needed.filter((name) => values[name] === undefined && !isReported(name));
  const unused = secretNames.filter(
    (name) => values[name] !== undefined && !needed.includes(name) && !optional.includes(name),
  );
  return [
    ...missing.map((name) => `${name} is missing: IDENTITY=${identity} needs ${needed.join(', ')}`),
    ...unused.map((name) => `${name} is set, but IDENTITY=${identity} does not use it: remove it`),
  ];
}
