/**
 * Builds the command line on first use, because transpiling it at every start would take a second.
 *
 * The build is stored in node_modules/.cache, in a folder named after a hash of all sources. It is never out of date,
 * because changed sources get a new folder. Nothing is built at install time, when scripts may be disabled.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules/.cache/catalog-sync');

/** Folders whose files can become part of the build. */
const sourceFolders = ['functions', 'infra/settings'];
/** Files that configure the build. */
const configFiles = ['package.json', 'tsconfig.json'];

/** Old builds are deleted after this time. A command that is still running may load files from one. */
const keepMs = 24 * 60 * 60 * 1000;

/** Runs the command line from its build or, if no build can be stored, directly from the sources. */
export async function importCommandLine() {
  process.setSourceMapsEnabled(true);
  const main = await findBuild();
  if (main) {
    await import(pathToFileURL(main).href);
    return;
  }
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
}

/** Returns the entry file of the build of the current sources, or undefined if it cannot be built or stored. */
async function findBuild() {
  const hash = hashSources();
  const folder = path.join(cache, hash);
  const main = path.join(folder, 'main.js');
  if (existsSync(main)) return main;
  const unfinished = path.join(cache, `${randomUUID()}.tmp`);
  try {
    mkdirSync(cache, { recursive: true });
    deleteOldBuilds();
    await build(unfinished);
    if (hashSources() !== hash) throw new Error('A source changed during the build.');
    // An atomic rename: a command that starts at the same time finds the complete build or none.
    renameSync(unfinished, folder);
    return main;
  } catch {
    // A read-only checkout, a full disk, sources that just changed, or sources that do not compile. In the last case
    // tsx reports the error.
    if (existsSync(unfinished)) rmSync(unfinished, { recursive: true, force: true });
    return existsSync(main) ? main : undefined;
  }
}

/** Hashes all sources and the path of the checkout, because the build contains absolute paths. */
function hashSources() {
  const hash = createHash('sha256').update(root);
  for (const file of [...configFiles, ...sourceFolders.flatMap(listFiles)])
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 32);
}

/** Lists regular files only: editors leave broken symbolic links behind as locks. */
function listFiles(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFiles(name);
      return entry.isFile() ? [name] : [];
    });
}

async function build(outdir) {
  const { build: bundle } = await import('esbuild');
  await bundle({
    absWorkingDir: root,
    entryPoints: ['functions/cli/main.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages load just as fast from node_modules, and their licenses stay next to them.
    packages: 'external',
    sourcemap: true,
    logLevel: 'silent',
    plugins: [keepPlaces],
  });
}

/** Makes `import.meta.url`, `dirname` and `filename` refer to the source file, although the bundle is elsewhere. */
const keepPlaces = {
  name: 'keep-places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const places = { url: pathToFileURL(file).href, dirname: path.dirname(file), filename: file };
      const contents = readFileSync(file, 'utf8').replace(
        /\bimport\.meta\.(url|dirname|filename)\b/g,
        (_, name) => JSON.stringify(places[name]),
      );
      return { contents, loader: 'ts' };
    });
  },
};

function deleteOldBuilds() {
  for (const name of readdirSync(cache)) {
    const folder = path.join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > keepMs) rmSync(folder, { recursive: true, force: true });
  }
}
