/** Determines which packages run in production: those in the bundle, and those that the platform installs with it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findBundledFiles } from '../functions/bundle.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
/** The only dependency that is not bundled and that the platform installs. See functions/bundle.ts. */
const framework = '@google-cloud/functions-framework';

/** The parts of a CycloneDX document that are used here. */
export interface Sbom {
  metadata: { component: { 'bom-ref': string; name: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

export interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
  properties?: { name: string; value: string }[];
}

/** How a package gets to production. */
export type Way = 'bundled' | 'installed by the platform';

/** Every package that runs in production, by `name@version`. Reads the lockfile and needs no network. */
export async function shippedPackages(sbom: Sbom): Promise<Map<string, Way>> {
  const shipped = new Map<string, Way>();
  const direct = sbom.components.find(({ name }) => name === framework);
  if (!direct) throw new Error(`${framework} is not in the lockfile`);
  const below = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn ?? []]));
  const waiting = [direct['bom-ref']];
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    if (shipped.has(ref)) continue;
    shipped.set(ref, 'installed by the platform');
    waiting.push(...(below.get(ref) ?? []));
  }
  // A package may reach production both ways. Bundled takes precedence: it is there whatever the platform installs.
  for (const bundled of await bundledPackages()) shipped.set(bundled, 'bundled');
  return shipped;
}

/** The packages that have code in the bundle. */
async function bundledPackages(): Promise<Set<string>> {
  const files = await findBundledFiles();
  const folders = new Set(
    files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  );
  const names = [...folders].map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
    return `${name}@${version}`;
  });
  return new Set(await Promise.all(names));
}

/**
 * Every package in the lockfile, as a bill of materials from npm. Does not use `--omit=dev`: packages that a
 * development tool needs and that firebase-admin lists as optional (gRPC, protobufjs, ...) are `devOptional` in the
 * lockfile, so npm would omit them although they are bundled.
 */
export async function readSbom(): Promise<Sbom> {
  const { stdout } = await npm(['sbom', '--package-lock-only', '--sbom-format=cyclonedx']);
  return JSON.parse(stdout);
}

/** Runs npm in the project. Returns its output even if npm fails. */
export async function npm(args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run('npm', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      if (error.stdout === undefined) throw error;
      return { stdout: error.stdout, stderr: error.stderr ?? '' };
    },
  );
}
