import { secretNames } from '../../functions/sync/core/config.ts';
import type { Identity } from './environments.ts';

export type SecretName = (typeof secretNames)[number];

/** The secrets of each identity. The key may be left out with `oauth`: Firestore is then reached keyless. */
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

/** Secrets the identity needs and does not get, and those it would silently ignore. */
export function findSecretProblems(
  identity: Identity,
  values: Record<string, string>,
  problems: readonly string[],
): string[] {
  const { needed, optional } = secretsOf[identity];
  const told = (name: string) => problems.some((problem) => problem.startsWith(`${name} `));
  const missing = needed.filter((name) => values[name] === undefined && !told(name));
  const idle = secretNames.filter(
    (name) => values[name] !== undefined && !needed.includes(name) && !optional.includes(name),
  );
  return [
    ...missing.map((name) => `${name} is missing: IDENTITY is ${identity}, which needs ${needed.join(', ')}`),
    ...idle.map((name) => `${name} is set, but IDENTITY is ${identity}, which does not use it: remove it`),
  ];
}
