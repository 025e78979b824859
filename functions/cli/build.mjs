/**
 * Builds the command line on first use: transpiling it anew at each start would take a second.
 *
 * The build is kept in node_modules/.cache, in a folder named after a hash of every source, so it is never out of date:
 * other sources have another folder. Nothing is built at installation, where scripts may be switched off.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules/.cache/catalog-sync');

/** Folders whose files may end up in the build, and single files that decide how it is made. */
const sources = ['functions', 'infra/settings', 'package.json', 'tsconfig.json'];

/** Builds of earlier sources are deleted after this time: a command that still runs may load from them. */
const keepMs = 24 * 60 * 60 * 1000;

/** Runs the command line, from its build or, where none can be kept, straight from the sources. */
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

/** The entry file of the build for the sources as they are now; undefined where it cannot be made or kept. */
async function findBuild() {
  const folder = path.join(cache, hashSources());
  const main = path.join(folder, 'main.js');
  if (existsSync(main)) return main;
  const unfinished = path.join(cache, `${randomUUID()}.tmp`);
  try {
    mkdirSync(cache, { recursive: true });
    deleteOldBuilds();
    await build(unfinished);
    // In one step, so that a second command that starts meanwhile finds all of it or nothing.
    renameSync(unfinished, folder);
    return main;
  } catch {
    // A read-only checkout, a full disk; or sources that do not compile, which tsx then says.
    if (existsSync(unfinished)) rmSync(unfinished, { recursive: true, force: true });
    return existsSync(main) ? main : undefined;
  }
}

/** A hash of the place and of everything the build is made of: moved, a checkout has other paths in its build. */
function hashSources() {
  const hash = createHash('sha256').update(root);
  for (const source of sources)
    for (const file of listFiles(source))
      hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 32);
}

function listFiles(source) {
  if (!statSync(path.join(root, source)).isDirectory()) return [source];
  return readdirSync(path.join(root, source), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap(({ name }) => listFiles(`${source}/${name}`));
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
    // Packages load as fast from node_modules as from here, and their licenses stay with them.
    packages: 'external',
    sourcemap: true,
    logLevel: 'silent',
    plugins: [keepPlaces],
  });
}

/** In the build every file has another place; what it says of itself stays that of its source. */
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
