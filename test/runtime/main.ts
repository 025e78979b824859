/**
 * `npm run test:runtime`: runs the tests that depend on the runtime with the deployed Node version. `npm test` runs
 * them with this machine's Node.
 *
 * The deployed Node version is an npm package, with its hash in the lockfile next to this file. It is not one of the
 * project's own packages, because its command is called `node` and every `npm run` would find it before the machine's.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { platform } from '../../infra/settings/environments.ts';

/**
 * End-to-end tests, the bundle in its own process, `npm start`, what a run leaves open, the threads that read books.
 */
const files = [
  'test/e2e',
  'test/cli/local-runtime/function-process.test.ts',
  'test/cli/sandbox/start.test.ts',
  'test/security/bundle.test.ts',
  'test/faults/ending.test.ts',
  'test/faults/abort.test.ts',
  'test/sync/write/read-contents.test.ts',
  'test/sync/metadata/embedded',
];

const root = path.resolve(import.meta.dirname, '../..');
const wanted = platform.runtime.replace('nodejs', '');

try {
  const node = findNode();
  console.log(`Running with Node ${versionOf(node)}, as deployed (${platform.runtime})`);
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(node, [vitest, 'run', ...files, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    // Programs that a test starts by name also run with this Node.
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` },
  });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/**
 * Finds the Node binary to use: the current one if it has the deployed version, otherwise the package's. Installs the
 * package if necessary.
 *
 * @throws Error that says what to do if there is no binary for this machine
 */
function findNode(): string {
  if (isWanted(process.version)) return process.execPath;
  const folder = path.join(import.meta.dirname, 'node_modules');
  if (!existsSync(folder)) {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: import.meta.dirname,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('Node could not be installed: see the npm error above.');
  }
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  const binary = packages.map((name) => path.join(folder, name, 'bin/node')).find((file) => existsSync(file));
  if (binary === undefined)
    throw new Error(
      `There is no Node ${wanted} package for ${process.platform} ${process.arch}. Install Node ${wanted} yourself and run this command with it.`,
    );
  if (isWanted(versionOf(binary))) return binary;
  throw new Error(
    `test/runtime has Node ${versionOf(binary)}, but ${platform.runtime} is deployed. Set a ${wanted} version in test/runtime/package.json, regenerate its lockfile (CONTRIBUTING.md), and delete test/runtime/node_modules.`,
  );
}

function isWanted(version: string): boolean {
  return version.startsWith(`v${wanted}.`);
}

function versionOf(binary: string): string {
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
}
