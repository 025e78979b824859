/** Builds the programs of a benchmark: the bundle as it is deployed, the plain job, and the processes around them. */
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { buildBundle } from '../../functions/bundle.ts';

export interface Programs {
  /** The deployed bundle. */
  ours: string;
  oursBytes: number;
  plain: string;
  /** Loads one of the two and passes it an event. */
  measured: string;
  /** Serves a library. */
  libraryServer: string;
  /** Serves a Firestore with indexes. */
  indexedFirestore: string;
  /** Removes everything that was built. */
  remove(): Promise<void>;
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Builds everything into a new temporary directory, with a link to this project's packages for those that are not
 * bundled. Does not use `dist`, because `npm start` may be building there. Everything runs in plain Node: a
 * TypeScript loader would count toward the memory of the sync.
 */
export async function buildPrograms(): Promise<Programs> {
  const directory = await mkdtemp(path.join(await realpath(tmpdir()), 'drive-catalog-bench-'));
  await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
  const oursBytes = await buildBundle(path.join(directory, 'ours'));
  const options = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    keepNames: true,
    external: ['@google-cloud/functions-framework'],
    alias: { 'whatwg-url': 'node:url' },
    logLevel: 'warning',
  } satisfies BuildOptions;
  const plain = path.join(directory, 'plain/index.cjs');
  const measured = path.join(directory, 'measured.cjs');
  await build({ ...options, entryPoints: ['scripts/bench/plain-job.ts'], outfile: plain, format: 'cjs' });
  await build({ ...options, entryPoints: ['scripts/bench/measured.ts'], outfile: measured, format: 'cjs' });
  const services = { ...options, outExtension: { '.js': '.mjs' }, outdir: directory, format: 'esm' } as const;
  await build({
    ...services,
    entryPoints: ['scripts/bench/library-server.ts', 'scripts/bench/indexed-firestore.ts'],
    // Packages are not bundled, because these processes are not measured.
    packages: 'external',
  });
  return {
    ours: path.join(directory, 'ours/index.js'),
    oursBytes,
    plain,
    measured,
    libraryServer: path.join(directory, 'library-server.mjs'),
    indexedFirestore: path.join(directory, 'indexed-firestore.mjs'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
