/** Synthesizes stacks from made-up settings and reads the results. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type EnvironmentPlan, readPlans, synthesize } from '../../infra/app.ts';
import { writeArchive } from '../../infra/bundle-archive.ts';
import { type EnvironmentName, environmentNames } from '../../infra/settings/environments.ts';

export type Attributes = Record<string, unknown>;
export interface Resource {
  type: string;
  id: string;
  /** The reference that other resources use: `type.id`. */
  address: string;
  attributes: Attributes;
}
export interface Stack {
  json: Attributes;
  resources: Resource[];
  ofType(type: string): Resource[];
  only(type: string): Resource;
}

/** A service account's private key, in PEM form. */
export const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const key = {
  FIREBASE_CLIENT_EMAIL: 'canary-robot@canary-catalog.iam.gserviceaccount.com',
  FIREBASE_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
};
const place = { PROJECT_ID: 'school-4711', REGION: 'europe-west1', ALERT_EMAIL: 'it@school.example' };
const folder = { GOOGLE_DRIVE_FOLDER_ID: '1CanaryFolder_abcdefghij' };

/** Complete settings for each identity. The value of every secret contains "canary" or is the key. */
export const settings = {
  oauth: {
    ...place,
    ...folder,
    ...key,
    IDENTITY: 'oauth',
    FIREBASE_PROJECT_ID: 'canary-catalog',
    GOOGLE_CLIENT_ID: '1234-canary.apps.googleusercontent.com',
    GOOGLE_CLIENT_SECRET: 'GOCSPX-canary-secret',
    GOOGLE_REFRESH_TOKEN: '1//canary-refresh-token',
  },
  'service-account': {
    ...place,
    ...folder,
    ...key,
    IDENTITY: 'service-account',
    FIREBASE_PROJECT_ID: 'canary-catalog',
  },
  keyless: { ...place, ...folder, IDENTITY: 'keyless', FIREBASE_PROJECT_ID: 'canary-catalog' },
} as const;

/** Writes values to an env file. */
export function writeEnvFile(root: string, environment: EnvironmentName, values: Record<string, string>) {
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(root, `.env.${environment}`), lines.join(''));
}

/** Creates a folder that is removed after the current test file. */
export function makeTempFolder(name = 'catalog-sync-'): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  tempFolders.push(folder);
  return folder;
}

const tempFolders: string[] = [];
afterAll(() => {
  for (const folder of tempFolders) rmSync(folder, { recursive: true, force: true });
});

/** Synthesizes all three stacks with the app's own code, from env files in a new folder. */
export async function synthesizeWith(
  values: Partial<Record<EnvironmentName, Record<string, string>>>,
): Promise<{
  outdir: string;
  stacks: Record<EnvironmentName, Stack>;
  plans: Record<EnvironmentName, EnvironmentPlan>;
}> {
  const root = makeTempFolder();
  for (const name of environmentNames) if (values[name]) writeEnvFile(root, name, values[name]);
  const bundle = join(root, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.js'), 'exports.sync = () => {};\n');
  const outdir = join(root, 'cdktf.out');
  const plans = readPlans(root);
  synthesize(plans, await writeArchive(bundle, join(outdir, 'bundle.zip')), { root, outdir });
  const stacks = Object.fromEntries(environmentNames.map((name) => [name, readStack(outdir, name)]));
  return { outdir, stacks: stacks as Record<EnvironmentName, Stack>, plans };
}

/** The same settings in every environment. */
export function everywhere(values: Record<string, string>): Record<EnvironmentName, Record<string, string>> {
  return { dev: values, staging: values, prod: values };
}

export function readStack(outdir: string, environment: EnvironmentName): Stack {
  const json = JSON.parse(readFileSync(join(outdir, 'stacks', environment, 'cdk.tf.json'), 'utf8'));
  const types = Object.entries(json.resource) as [string, Record<string, Attributes>][];
  const resources = types.flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, attributes]) => ({ type, id, address: `${type}.${id}`, attributes })),
  );
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    json,
    resources,
    ofType,
    only(type) {
      const [found, ...others] = ofType(type);
      if (!found || others.length > 0)
        throw new Error(`Expected one resource of type ${type}, found ${ofType(type).length}`);
      return found;
    },
  };
}

/** The addresses of the resources that a resource refers to or depends on. */
function prerequisites(resource: Resource, stack: Stack): string[] {
  const text = JSON.stringify(resource.attributes);
  return stack.resources
    .map(({ address }) => address)
    .filter((address) => address !== resource.address && new RegExp(`${address}(?![\\w-])`).test(text));
}

/** All direct and indirect prerequisites of a resource. */
export function allPrerequisites(resource: Resource, stack: Stack, found = new Set<string>()): Set<string> {
  for (const address of prerequisites(resource, stack)) {
    if (found.has(address)) continue;
    found.add(address);
    const next = stack.resources.find((other) => other.address === address);
    if (next) allPrerequisites(next, stack, found);
  }
  return found;
}

/** Reads every file below a folder, by its relative path. */
export function readTree(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
}
