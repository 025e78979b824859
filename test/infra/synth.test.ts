/** Runs the app as cdktf does, in copies of the project: it gives the same bytes in any folder, and refuses early. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { environmentNames } from '../../infra/settings/environments.ts';
import { makeTempFolder, readStack, readTree, settings, writeEnvFile } from './synthesized.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Copies what a synth needs. Dependencies are hard links: copying 29,000 files would take a minute. */
function copyProject(parent: string): string {
  const root = join(parent, 'project');
  for (const part of ['infra', 'functions', 'package.json', 'cdktf.json', 'tsconfig.json'])
    cpSync(join(project, part), join(root, part), { recursive: true });
  linkTree(join(project, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Caches are written to. Everything else is only read.
    if (/^\.(cache|vite|vite-temp|vitest|package-lock\.json)$/.test(entry.name)) continue;
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

function run(root: string, args: string[]) {
  const { TF_CLI_CONFIG_FILE: _file, ...rest } = process.env;
  const env = { ...rest, CHECKPOINT_DISABLE: '1', CI: 'true', FORCE_COLOR: '0' };
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  return { status: result.status, output: result.stdout + result.stderr };
}
const synth = (root: string) => run(root, ['--import', 'tsx', 'infra/main.ts']);
const cdktf = (root: string, ...args: string[]) =>
  run(root, [join(root, 'node_modules/cdktf-cli/bundle/bin/cdktf'), ...args]);

let one: string;
let two: string;
beforeAll(() => {
  one = copyProject(makeTempFolder());
  two = copyProject(makeTempFolder('with a space '));
});

test('the same sources give the same bytes in another path and at another time', () => {
  // Only .env.dev exists. The missing files of the other environments do not prevent the synth.
  for (const root of [one, two]) {
    writeEnvFile(root, 'dev', settings.oauth);
    expect(synth(root)).toMatchObject({ status: 0 });
  }
  const [first, second] = [readTree(join(one, 'cdktf.out')), readTree(join(two, 'cdktf.out'))];
  expect([...second.keys()]).toEqual([...first.keys()]);
  for (const [path, content] of first) expect(second.get(path)?.equals(content), path).toBe(true);
  const paths = [...first].filter(([, content]) => content.includes(one));
  expect(paths.map(([path]) => path)).toEqual([]);
}, 120_000);

test('only an environment whose file exists can be deployed', () => {
  const outdir = join(one, 'cdktf.out');
  for (const name of environmentNames) {
    const variables = Object.keys(readStack(outdir, name).json.variable as object);
    expect(variables.includes('settings_are_incomplete')).toBe(name !== 'dev');
  }
});

test('the deployed bundle is the one that was built', () => {
  const files = [...readTree(join(one, 'cdktf.out')).keys()];
  expect(files.filter((path) => /^bundle\//.test(path))).toEqual(
    expect.arrayContaining(['bundle/index.js', 'bundle/package.json']),
  );
  const name = readStack(join(one, 'cdktf.out'), 'dev').only('google_storage_bucket_object').attributes
    .source;
  expect(files).toContain(`stacks/dev/${String(name)}`);
});

test('`cdktf deploy dev` with an incomplete .env.dev lists the problems and stops', () => {
  writeEnvFile(one, 'dev', { ...settings.oauth, REGION: '', GOOGLE_REFRESH_TOKEN: '' });
  const { status, output } = cdktf(one, 'deploy', 'dev');
  expect(status).toBe(1);
  expect(output).toMatch(/Cannot deploy dev\. Fix \.env\.dev first:\s+- REGION is missing/);
  expect(output).toContain('- GOOGLE_REFRESH_TOKEN is missing');
  expect(output).not.toContain('Initializing');
}, 120_000);
