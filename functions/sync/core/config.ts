/**
 * The function's settings, read once from the environment and validated as a whole.
 *
 * `settingsSchema` lists every variable the function reads. `secretNames`, `deployedNames` and `localNames` say where
 * each one is set, and a test checks the deployment against them.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EmbeddedMode } from './book.ts';
import { runCauses } from './causes.ts';
import { errorOf, type SyncError } from './errors.ts';
import { count, name, parseFolder, parsePrivateKey, text } from './setting-values.ts';

/** Variables stored in Secret Manager. Which of them exist depends on the environment's IDENTITY setting. */
export const secretNames = [
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
  'GOOGLE_REFRESH_TOKEN',
  'GOOGLE_DRIVE_FOLDER_ID',
  'FIREBASE_PROJECT_ID',
  'FIREBASE_CLIENT_EMAIL',
  'FIREBASE_PRIVATE_KEY',
] as const;

/** Plain variables that the deployment sets. */
export const deployedNames = [
  'BOOKS_COLLECTION',
  'STATE_COLLECTION',
  'FIRESTORE_DATABASE',
  'REMOVALS',
  'EMBEDDED_METADATA',
  'WRITES_PER_SECOND',
  'RUN_SECONDS',
  'EVENT_MAX_AGE_MINUTES',
  'RECONCILE_EVERY_HOURS',
  'CONTINUE_TOPIC',
] as const;

/** Variables for runs on a developer's machine. The deployment never sets them. */
export const localNames = ['GOOGLE_API_ROOT'] as const;

/** How the function authenticates to Drive. */
export type DriveIdentity =
  | { kind: 'oauth'; clientId: string; clientSecret: string; refreshToken: string }
  | { kind: 'service-account'; clientEmail: string; privateKey: string }
  /** `as`: the account in use if it is not the deployed function's. Set only for runs outside the deployment. */
  | { kind: 'keyless'; as?: string };

/** How the function authenticates to Firestore. */
export type CatalogIdentity = Exclude<DriveIdentity, { kind: 'oauth' }>;

export interface Settings {
  /** The root folder of the library. */
  folder: { id: string; resourceKey: string | undefined };
  driveIdentity: DriveIdentity;
  catalogIdentity: CatalogIdentity;
  projectId: string;
  databaseId: string;
  collection: string;
  stateCollection: string;
  /** What happens to the document of a book that left the library. */
  removals: 'mark' | 'delete' | 'keep';
  /** Whether metadata embedded in a file supplements its name or takes precedence over it. */
  embeddedMetadata: EmbeddedMode;
  writesPerSecond: number;
  /** Time limit of a run, in seconds. A run that reaches it leaves the rest to a continuation. */
  runSeconds: number;
  /** Events older than this, in minutes, are acknowledged and skipped: the next scheduled run is near. */
  eventMaxAgeMinutes: number;
  reconcileEveryHours: number;
  /**
   * Full name of the topic to which continuations are published, `projects/P/topics/T`. Without it, the next
   * scheduled run continues.
   */
  continueTopic: string | undefined;
  /** Base URL of a server that replaces Google's APIs, such as the Drive emulator. */
  googleApiRoot: string | undefined;
}

/** One entry per variable. Messages describe the expected value, never the actual one: it may be a secret. */
const settingsSchema = z.object({
  GOOGLE_DRIVE_FOLDER_ID: text.transform((value, context) => {
    const folder = parseFolder(value);
    if (folder) return folder;
    context.addIssue({ code: 'custom', message: 'the ID or URL of a Drive folder' });
    return z.NEVER;
  }),
  FIREBASE_PROJECT_ID: text.regex(
    /^[a-z][a-z0-9-]{2,28}[a-z0-9]$/,
    'a Google Cloud project ID, such as my-school-4711',
  ),
  GOOGLE_CLIENT_ID: text
    .regex(/^[\w.-]+$/, 'the OAuth client ID, ending in .apps.googleusercontent.com')
    .optional(),
  GOOGLE_CLIENT_SECRET: text.regex(/^\S+$/, 'the OAuth client secret, without spaces').optional(),
  GOOGLE_REFRESH_TOKEN: text.regex(/^\S+$/, 'a refresh token, without spaces').optional(),
  FIREBASE_CLIENT_EMAIL: text.regex(/^[^\s@]+@[^\s@]+$/, "the service account's email address").optional(),
  FIREBASE_PRIVATE_KEY: text
    .transform((value, context) => {
      const key = parsePrivateKey(value);
      if (key) return key;
      context.addIssue({
        code: 'custom',
        message: 'a private key in PEM form ("-----BEGIN PRIVATE KEY-----" ...), with real or \\n newlines',
      });
      return z.NEVER;
    })
    .optional(),
  BOOKS_COLLECTION: name.default('books'),
  STATE_COLLECTION: name.default('sync_state'),
  FIRESTORE_DATABASE: text
    .regex(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, '(default) or the ID of a Firestore database')
    .default('(default)'),
  REMOVALS: z.enum(['mark', 'delete', 'keep'], 'mark, delete or keep').default('mark'),
  EMBEDDED_METADATA: z.enum(['off', 'fill', 'prefer'], 'off, fill or prefer').default('off'),
  WRITES_PER_SECOND: count(1, 10_000).default(500),
  RUN_SECONDS: count(1, 3_600).default(480),
  EVENT_MAX_AGE_MINUTES: count(1, 10_080).default(55),
  RECONCILE_EVERY_HOURS: count(1, 720).default(24),
  CONTINUE_TOPIC: text
    .regex(
      /^projects\/[^/\s]+\/topics\/[^/\s]+$/,
      'the full name of a topic, in the form projects/P/topics/T',
    )
    .optional(),
  GOOGLE_API_ROOT: z.url({ protocol: /^https?$/, error: 'a URL' }).optional(),
});

/**
 * Reads and validates the settings.
 *
 * @param environment the variables, as in `process.env`; blank values count as unset
 * @throws ConfigError that lists every invalid variable, its expected value, and where to set it
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = settingsSchema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => describeIssue(issue, given, meanings));
  problems.push(...findPartialIdentities(given));
  if (!parsed.success || problems.length > 0) throw settingsError(problems);

  const values = parsed.data;
  const key =
    values.FIREBASE_CLIENT_EMAIL && values.FIREBASE_PRIVATE_KEY
      ? ({
          kind: 'service-account',
          clientEmail: values.FIREBASE_CLIENT_EMAIL,
          privateKey: values.FIREBASE_PRIVATE_KEY,
        } as const)
      : undefined;
  const oauth =
    values.GOOGLE_REFRESH_TOKEN && values.GOOGLE_CLIENT_ID && values.GOOGLE_CLIENT_SECRET
      ? ({
          kind: 'oauth',
          clientId: values.GOOGLE_CLIENT_ID,
          clientSecret: values.GOOGLE_CLIENT_SECRET,
          refreshToken: values.GOOGLE_REFRESH_TOKEN,
        } as const)
      : undefined;
  return {
    folder: values.GOOGLE_DRIVE_FOLDER_ID,
    driveIdentity: oauth ?? key ?? { kind: 'keyless' },
    catalogIdentity: key ?? { kind: 'keyless' },
    projectId: values.FIREBASE_PROJECT_ID,
    databaseId: values.FIRESTORE_DATABASE,
    collection: values.BOOKS_COLLECTION,
    stateCollection: values.STATE_COLLECTION,
    removals: values.REMOVALS,
    embeddedMetadata: values.EMBEDDED_METADATA,
    writesPerSecond: values.WRITES_PER_SECOND,
    runSeconds: values.RUN_SECONDS,
    eventMaxAgeMinutes: values.EVENT_MAX_AGE_MINUTES,
    reconcileEveryHours: values.RECONCILE_EVERY_HOURS,
    continueTopic: values.CONTINUE_TOPIC,
    googleApiRoot: values.GOOGLE_API_ROOT?.replace(/\/+$/, ''),
  };
}

/** The values in `environment` that must never appear in any output. */
export function secretValues(environment: Record<string, string | undefined>): string[] {
  const hidden = ['GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN', 'FIREBASE_PRIVATE_KEY'] as const;
  return hidden.flatMap((variable) => environment[variable]?.trim() || []);
}

/**
 * A digest of the settings that the catalog and the page token depend on. If it differs from the one in the
 * checkpoint, a run reconciles. It covers the Drive identity because a changes feed belongs to one Drive user; the
 * digest does not reveal that identity.
 */
export function fingerprintOf({ collection, removals, driveIdentity, embeddedMetadata }: Settings): string {
  // Left out while it is off, so that a catalog made before this setting existed is not reconciled because of it.
  const mode = embeddedMetadata === 'off' ? [] : [embeddedMetadata];
  return createHash('sha256')
    .update(JSON.stringify([collection, removals, driveIdentity, ...mode]))
    .digest('hex')
    .slice(0, 16);
}

const meanings = {
  GOOGLE_DRIVE_FOLDER_ID: 'the ID or URL of the Drive folder that holds the books',
  FIREBASE_PROJECT_ID: 'the ID of the Google Cloud project that holds the Firestore database',
};

/**
 * Describes a problem with a setting. Never shows its value, which may be a secret.
 *
 * @param meanings what a missing setting must be set to, by its name
 */
export function describeIssue(
  { path, message }: z.core.$ZodIssue,
  given: Readonly<Record<string, string | undefined>>,
  meanings: Readonly<Record<string, string>>,
): string {
  const name = String(path[0]);
  if (given[name] !== undefined) return `${name} is invalid: expected ${message}`;
  return Object.hasOwn(meanings, name)
    ? `${name} is missing: set it to ${meanings[name]}`
    : `${name} is missing`;
}

/**
 * Rejects an identity that is only partly set: silently using another identity would read the wrong person's Drive.
 */
function findPartialIdentities(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const groups = [
    {
      needs: ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN'],
      what: 'the OAuth identity',
    },
    { needs: ['FIREBASE_CLIENT_EMAIL', 'FIREBASE_PRIVATE_KEY'], what: 'the service account key' },
  ];
  for (const { needs, what } of groups) {
    const missing = needs.filter((variable) => given[variable] === undefined);
    if (missing.length === 0 || missing.length === needs.length) continue;
    for (const variable of missing)
      problems.push(
        `${variable} is missing: ${what} requires ${needs.join(', ')}; set all of them or none of them`,
      );
  }
  return problems;
}

function settingsError(problems: string[]): SyncError {
  const list = problems.map((problem) => `\n  - ${problem}`).join('');
  const subject = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`;
  return errorOf(runCauses.settings, `${subject} invalid:${list}`, { reason: 'settings', problems });
}
