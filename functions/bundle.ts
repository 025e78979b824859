/**
 * Builds the bundle that is deployed: the function, the embedded-metadata reader that it loads on demand, and the
 * package.json from which the platform installs dependencies.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { isLeftOut, leaveOut } from './left-out.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The output directory of `npm run build`. */
export const bundleDirectory = path.join(root, 'dist');

/** The platform starts the function through this package, so it must be the installed copy, not one in the bundle. */
const framework = '@google-cloud/functions-framework';

const options = {
  ...common,
  entryPoints: ['functions/sync/index.ts'],
  write: false,
  format: 'cjs',
  // Google's libraries identify some types by their class names. With minified names they fail at run time.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  external: [framework],
  // node-fetch 2 uses this package only if Node has no URL class, so its 0.3 MB would never run.
  alias: { 'whatwg-url': 'node:url' },
  plugins: [leaveOut],
  logOverride: { 'empty-import-meta': 'silent' },
} satisfies BuildOptions;

/** The worker thread that reads embedded metadata, including pdf.js. */
const readerOptions = {
  ...common,
  entryPoints: ['functions/sync/metadata/embedded/worker/worker.ts'],
  write: false,
  format: 'esm',
  banner: {
    js: '/*! With pdf.js (Mozilla Foundation, Apache-2.0), unzipit (Gregg Tavares, MIT), fast-xml-parser (Amit Gupta, MIT). */',
  },
  // A native canvas for drawing pages. The reader draws no pages, and pdf.js works without the canvas.
  external: ['@napi-rs/canvas'],
} satisfies BuildOptions;

/**
 * Bundles `functions/sync` into `directory`: `index.js` (minified), its source map, `embedded.mjs`, the license
 * notices of the bundled packages, and `package.json`. The same sources give the same bytes, regardless of where the
 * project is.
 *
 * @returns the size of `index.js` in bytes
 * @throws Error from esbuild if the sources do not compile
 */
export async function buildBundle(directory = bundleDirectory): Promise<number> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const outfile = path.join(directory, 'index.js');
  const result = await build({ ...options, outfile });
  for (const file of result.outputFiles) {
    const isMap = file.path.endsWith('.map');
    await writeFile(
      path.join(directory, path.basename(file.path)),
      isMap ? withPlainSources(file.text, directory) : file.contents,
    );
  }
  await buildReader(directory);
  await writeFile(
    path.join(directory, 'package.json'),
    `${JSON.stringify(await platformPackage(), undefined, 2)}\n`,
  );
  return result.outputFiles.find((file) => file.path === outfile)?.contents.length ?? 0;
}

/**
 * Bundles the worker thread that reads embedded metadata, including pdf.js, into `embedded.mjs`. The function loads
 * it only when it reads a book.
 *
 * @returns the path of `embedded.mjs`
 */
export async function buildReader(directory: string): Promise<string> {
  const outfile = path.join(directory, 'embedded.mjs');
  // Written by this process: esbuild's own would write even after this one has ended.
  const { outputFiles } = await build({ ...readerOptions, outfile });
  await mkdir(directory, { recursive: true });
  for (const file of outputFiles) await writeFile(file.path, file.contents);
  return outfile;
}

/** The files whose code is deployed, relative to the project root. The bundle's SBOM is generated from this list. */
export async function findBundledFiles(): Promise<string[]> {
  const made = await Promise.all([
    build({ ...options, outfile: 'index.js', metafile: true }),
    build({ ...readerOptions, outfile: 'embedded.mjs', metafile: true }),
  ]);
  const inputs = made.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).map((output) => output.inputs),
  );
  const files = inputs.flatMap((input) => Object.entries(input));
  const bundled = files.filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && !isLeftOut(file));
  return [...new Set(bundled.map(([file]) => file))];
}

/** Makes the source paths in a source map relative to the project root instead of the output directory. */
function withPlainSources(text: string, directory: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  map.sources = map.sources.map((source) =>
    path.relative(root, path.resolve(directory, source)).split(path.sep).join('/'),
  );
  return JSON.stringify(map);
}

async function platformPackage(): Promise<object> {
  const { name, version, license, dependencies } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  );
  return {
    name,
    version,
    private: true,
    license,
    main: 'index.js',
    dependencies: { [framework]: dependencies[framework] },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const bytes = await buildBundle();
  console.log(
    `Built ${path.relative(process.cwd(), bundleDirectory)}: index.js is ${(bytes / 1e6).toFixed(2)} MB`,
  );
}
