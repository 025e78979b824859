/**
 * Measures how long the bundle takes to load, compared with the full packages `googleapis` and `firebase-admin`.
 * Loading is part of every cold start.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Loading {
  bundleMs: number;
  packagesMs: number;
  /** `bundleMs` divided by `packagesMs`. */
  ratio: number;
}

/** The platform loads the framework before any function, so it is loaded before the measurement starts. */
const script = `
const [framework, ...files] = process.argv.slice(1);
require(framework);
const began = performance.now();
for (const file of files) require(file);
process.stdout.write(String(performance.now() - began), () => process.exit(0));
`;

/**
 * Loads both alternately, each time in a new process, and compares the medians.
 *
 * @param bundle the deployed bundle
 * @param times how often to load each
 */
export async function measureLoading(bundle: string, times = 9): Promise<Loading> {
  const { resolve } = createRequire(import.meta.url);
  const packages = [resolve('googleapis'), resolve('firebase-admin/firestore')];
  const framework = resolve('@google-cloud/functions-framework');

  async function load(files: string[]): Promise<number> {
    const { PATH, HOME } = process.env;
    const { stdout } = await run(process.execPath, ['-e', script, '--', framework, ...files], {
      // The bundle reads its settings while it is loaded, and ends the process if they are invalid.
      env: {
        PATH,
        HOME,
        FIREBASE_PROJECT_ID: 'bench-loading',
        GOOGLE_DRIVE_FOLDER_ID: 'bench-loading-folder',
      },
    });
    return Number(stdout);
  }
  // Load each once first, to fill the disk cache.
  await load([bundle]);
  await load(packages);
  const bundleTimes: number[] = [];
  const packageTimes: number[] = [];
  for (let n = 0; n < times; n++) {
    bundleTimes.push(await load([bundle]));
    packageTimes.push(await load(packages));
  }
  const bundleMs = median(bundleTimes);
  const packagesMs = median(packageTimes);
  return { bundleMs, packagesMs, ratio: bundleMs / packagesMs };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
