/**
 * Makes the bundle: the one file that is deployed, the reader of embedded metadata that it loads on demand, and the
 * package.json the platform installs beside them.
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

/** Where `npm run build` puts the bundle. */
export const bundleDirectory = path.join(root, 'dist');

/** The platform starts the function through this package, so it must be the platform's copy, not one in the bundle. */
const framework = '@google-cloud/functions-framework';

const options = {
  ...common,
  entryPoints: ['functions/sync/index.ts'],
  write: false,
  format: 'cjs',
  // Google's libraries tell some of their types by the name of the class: minified, they fail at run time.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  external: [framework],
  // node-fetch 2 takes URL from Node and this package only where Node has none: 0.3 MB that never runs.
  alias: { 'whatwg-url': 'node:url' },
  plugins: [leaveOut],
  logOverride: { 'empty-import-meta': 'silent' },
} satisfies BuildOptions;

/** The thread that reads embedded metadata, with pdf.js in it. */
const readerOptions = {
  ...common,
  entryPoints: ['functions/sync/metadata/embedded/worker/worker.ts'],
  write: false,
  format: 'esm',
  banner: {
    js: '/*! With pdf.js (Mozilla Foundation, Apache-2.0), unzipit (Gregg Tavares, MIT), fast-xml-parser (Amit Gupta, MIT). */',
  },
  // A native canvas to draw pages with; the reader draws none, and pdf.js does without.
  external: ['@napi-rs/canvas'],
} satisfies BuildOptions;

/**
 * Bundles `functions/sync` into `directory`: `index.js` (minified), its source map, `embedded.mjs`, the licence
 * notes of what is bundled, and `package.json`. The same sources give the same bytes, wherever the project lies.
 *
 * @returns the size of `index.js` in bytes
 * @throws Error of esbuild where the sources do not compile
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
 * Bundles the thread that reads embedded metadata, with pdf.js in it: `embedded.mjs`, loaded only where a book is read.
 *
 * @returns where it lies
 */
export async function buildReader(directory: string): Promise<string> {
  const outfile = path.join(directory, 'embedded.mjs');
  await build({ ...readerOptions, write: true, outfile });
  return outfile;
}

/** The files whose code is deployed, from the project's root: what the bundle's bill of materials is made of. */
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

/** The map names its sources from the project's root, not from wherever the bundle was put. */
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
