/**
 * Shows that there is a migration path from CDKTF, which is archived: with its community fork, CDK Terrain (`cdktn`),
 * the same program synthesizes the same stacks.
 *
 *     npx tsx scripts/compare-cdktn.ts
 *
 * Works in a copy of the project, with the package `cdktf` replaced by an alias. No import changes. Needs the npm
 * registry and takes a few minutes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { environmentNames } from '../infra/settings/environments.ts';

const alias = 'npm:cdktn@0.24.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'catalog-sync-cdktn-'));

for (const part of ['infra', 'functions', 'package.json', 'package-lock.json', 'cdktf.json', 'tsconfig.json'])
  cpSync(join(root, part), join(copy, part), { recursive: true });

run('npm', 'ci', '--no-audit', '--no-fund');
const before = synthesize();
// Installs the fork under the name `cdktf` and everything else as in the lockfile. The fork does not satisfy npm's peer
// dependency on `cdktf`, although it does satisfy every import.
run(
  'npm',
  'install',
  '--save-dev',
  '--save-exact',
  '--no-audit',
  '--no-fund',
  '--legacy-peer-deps',
  `cdktf@${alias}`,
);
const installed = JSON.parse(readFileSync(join(copy, 'node_modules/cdktf/package.json'), 'utf8'));
const after = synthesize();

const differences = environmentNames.flatMap((name) => findDifferences(before[name], after[name], name));
rmSync(copy, { recursive: true, force: true });
process.stdout.write(
  differences.length === 0
    ? `cdktf and ${installed.name} ${installed.version} synthesize the same stacks: ${environmentNames.join(', ')}.\n`
    : `The stacks differ:\n${differences.join('\n')}\n`,
);
process.exitCode = differences.length === 0 ? 0 : 1;

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: copy, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`);
}

/**
 * Synthesizes the stacks. Omits the `//` comments, which name the program and its version and which Terraform
 * ignores.
 */
function synthesize(): Record<string, unknown> {
  rmSync(join(copy, 'cdktf.out'), { recursive: true, force: true });
  run(process.execPath, '--import', 'tsx', 'infra/main.ts');
  return Object.fromEntries(
    environmentNames.map((name) => {
      const text = readFileSync(join(copy, 'cdktf.out/stacks', name, 'cdk.tf.json'), 'utf8');
      return [name, JSON.parse(text, (key, value) => (key === '//' ? undefined : value))];
    }),
  );
}

/** Lists the differences between two values, leaf by leaf. */
function findDifferences(one: unknown, other: unknown, path: string): string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isObject(one) || !isObject(other))
    return [`${path}\n  cdktf: ${JSON.stringify(one)}\n  cdktn: ${JSON.stringify(other)}`];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => findDifferences(one[key], other[key], `${path}.${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
