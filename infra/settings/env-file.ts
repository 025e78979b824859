/**
 * Reads `.env.<environment>`: the settings of one environment in this installation.
 *
 * All problems are found before anything is contacted, and are reported in one message. The values are checked by the
 * same code that reads them in the function, so that a key which the function cannot use is never deployed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { z } from 'zod';
import {
  describeIssue,
  localNames,
  readSettings,
  type Settings,
  secretNames,
} from '../../functions/sync/core/config.ts';
import { ConfigError } from '../../functions/sync/core/errors.ts';
import { type Environment, type Identity, identities, platform } from './environments.ts';
import { secretVersion } from './secret-version.ts';
import { findSecretProblems, type SecretName, secretsOf } from './secrets.ts';

/** The function's plain settings that an installation may change (`tunableNames`). */
export type FunctionSettings = Pick<
  Settings,
  | 'collection'
  | 'stateCollection'
  | 'databaseId'
  | 'removals'
  | 'embeddedMetadata'
  | 'writesPerSecond'
  | 'reconcileEveryHours'
>;

/**
 * Where an environment is deployed to, and with which settings. Contains no secret values, only which secrets exist.
 */
export interface Target {
  readonly project: string;
  readonly region: string;
  readonly identity: Identity;
  /** The secrets that exist, each with a number that changes when its value changes. */
  readonly secrets: Partial<Record<SecretName, number>>;
  /**
   * The project whose Firestore the function accesses as its own service account. Undefined if it has a key for that.
   */
  readonly firestoreProject: string | undefined;
  readonly function: FunctionSettings;
  readonly alertEmail: string | undefined;
  readonly stateBucket: string | undefined;
  readonly createFirestore: boolean;
  readonly paused: boolean;
}

/** The function's plain settings that an installation may change. The others are determined by the platform. */
const tunableNames = [
  'BOOKS_COLLECTION',
  'STATE_COLLECTION',
  'FIRESTORE_DATABASE',
  'REMOVALS',
  'EMBEDDED_METADATA',
  'WRITES_PER_SECOND',
  'RECONCILE_EVERY_HOURS',
] as const;

const yesOrNo = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');

/** The settings of the deployment itself. A message says what is expected, never what was found: it may be a secret. */
const deploymentSchema = z.object({
  PROJECT_ID: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'a Google Cloud project ID, such as my-school-4711'),
  REGION: z.string().regex(/^[a-z]+-[a-z]+\d{1,2}$/, 'a Google Cloud region, such as europe-west1'),
  IDENTITY: z.enum(identities, `one of ${identities.join(', ')}`).optional(),
  ALERT_EMAIL: z.email('an email address').optional(),
  TF_STATE_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'the name of a Cloud Storage bucket, without gs://')
    .optional(),
  CREATE_FIRESTORE: yesOrNo.optional(),
  PAUSED: yesOrNo.optional(),
});

const meanings: Record<string, string> = {
  PROJECT_ID: 'the ID of the Google Cloud project to deploy to',
  REGION: 'the Google Cloud region to deploy to, such as europe-west1',
};

/** Every setting allowed in `.env.<environment>`. `.env.example` explains each one. */
export const knownNames: readonly string[] = [
  ...Object.keys(deploymentSchema.shape),
  ...secretNames,
  ...tunableNames,
  ...localNames,
];

/** The name of an environment's file. */
export function envFileName(environment: Pick<Environment, 'name'>): string {
  return `.env.${environment.name}`;
}

/**
 * Reads an environment's file.
 *
 * @param root the folder that contains the file
 * @returns the target, or all problems that prevent the environment's deployment
 */
export function readTarget(
  environment: Environment,
  root: string,
): { target: Target; problems?: never } | { target?: never; problems: string[] } {
  const file = join(root, envFileName(environment));
  if (!existsSync(file)) return { problems: [missingFile(environment)] };
  return checkValues(environment, readValues(file));
}

/** The message for an environment without a file. */
export function missingFile(environment: Environment): string {
  const { needed } = secretsOf[environment.identity];
  const always = Object.keys(meanings);
  return `There is no ${envFileName(environment)}: copy .env.example to ${envFileName(environment)} and fill it in. Required settings: ${[...always, ...needed].join(', ')}; with IDENTITY=keyless only ${[...always, ...secretsOf.keyless.needed].join(', ')}`;
}

/** Formats an environment's problems as a list, with the name of the file. */
export function formatProblems(environment: Pick<Environment, 'name'>, problems: readonly string[]): string {
  const list = problems.map((problem) => `\n  - ${problem}`).join('');
  return `Cannot deploy ${environment.name}. Fix ${envFileName(environment)} first:${list}\n.env.example explains every setting.`;
}

/** Reads the values of an environment's secrets. Only for passing them to Terraform. */
export function readSecrets(environment: Environment, root: string): Partial<Record<SecretName, string>> {
  const values = readValues(join(root, envFileName(environment)));
  return Object.fromEntries(
    secretNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}

/** Checks the values of an environment's file. Exported for scripts/write-env-file.ts and the tests. */
export function checkValues(
  environment: Environment,
  values: Record<string, string>,
): { target: Target; problems?: never } | { target?: never; problems: string[] } {
  const deployment = deploymentSchema.safeParse(values);
  const problems = deployment.success
    ? []
    : deployment.error.issues.map((issue) => describeIssue(issue, values, meanings));
  const identity = parseIdentity(values.IDENTITY) ?? environment.identity;
  const settings = readFunctionSettings(environment, identity, values, problems);
  // Which secrets are needed is unknown until the identity is known.
  if (!findIdentityProblem(values)) problems.push(...findSecretProblems(identity, values, problems));
  if (environment.alertEmailRequired && !values.ALERT_EMAIL)
    problems.push(
      `ALERT_EMAIL is missing: ${environment.name} needs an address to notify when it stops working`,
    );
  if (values.CREATE_FIRESTORE === 'true' && values.FIREBASE_PROJECT_ID !== values.PROJECT_ID)
    problems.push(
      'CREATE_FIRESTORE is true, but FIREBASE_PROJECT_ID is not the same as PROJECT_ID: set both to the same project, or remove CREATE_FIRESTORE',
    );
  problems.push(...findUnknownNames(values));
  if (!deployment.success || !settings || problems.length > 0) return { problems };

  const given = deployment.data;
  return {
    target: {
      project: given.PROJECT_ID,
      region: given.REGION,
      identity,
      secrets: Object.fromEntries(
        secretNames.flatMap((name) =>
          values[name] === undefined ? [] : [[name, secretVersion(environment.name, name, values[name])]],
        ),
      ),
      firestoreProject: settings.catalogIdentity.kind === 'keyless' ? settings.projectId : undefined,
      function: functionSettingsOf(settings),
      alertEmail: given.ALERT_EMAIL,
      stateBucket: given.TF_STATE_BUCKET,
      createFirestore: given.CREATE_FIRESTORE ?? false,
      paused: given.PAUSED ?? environment.paused,
    },
  };
}

/** Copies the settings field by field, because the full settings contain the secrets. */
function functionSettingsOf(settings: Settings): FunctionSettings {
  const { collection, stateCollection, databaseId, removals } = settings;
  const { embeddedMetadata, writesPerSecond, reconcileEveryHours } = settings;
  return {
    collection,
    stateCollection,
    databaseId,
    removals,
    embeddedMetadata,
    writesPerSecond,
    reconcileEveryHours,
  };
}

/** Reads the values of an environment's file. A name without a value counts as not set. */
export function readValues(file: string): Record<string, string> {
  const lines = Object.entries(parse(readFileSync(file)));
  return Object.fromEntries(lines.flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])));
}

/** Finds names that are not settings. A misspelled name would be ignored silently, and the default used instead. */
export function findUnknownNames(values: Record<string, string>): string[] {
  return Object.keys(values)
    .filter((name) => !knownNames.includes(name))
    .map((name) => `${name} is not a setting: correct or remove it. .env.example lists all settings`);
}

/** Reports a misspelled IDENTITY. The default identity must not silently replace the one that was meant. */
export function findIdentityProblem({ IDENTITY }: Record<string, string>): string | undefined {
  if (IDENTITY === undefined || parseIdentity(IDENTITY)) return undefined;
  return `IDENTITY is invalid: expected one of ${identities.join(', ')}`;
}

export function parseIdentity(value: string | undefined): Identity | undefined {
  return identities.find((identity) => identity === value);
}

/** Reads these values with the function's own code. Its problems are added to `problems`. */
export function readFunctionSettings(
  environment: Environment,
  identity: Identity,
  values: Record<string, string>,
  problems: string[],
  platformValues: Record<string, string> = {
    RUN_SECONDS: String(platform.runSeconds),
    EVENT_MAX_AGE_MINUTES: String(platform.eventMaxAgeMinutes),
  },
): Settings | undefined {
  const { needed, optional } = secretsOf[identity];
  const names: readonly string[] = [...needed, ...optional, ...tunableNames];
  const given = Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  try {
    return readSettings({
      EMBEDDED_METADATA: identity === 'oauth' ? 'off' : environment.embeddedMetadata,
      ...given,
      ...platformValues,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
