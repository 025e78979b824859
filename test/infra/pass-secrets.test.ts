/**
 * Checks how secrets pass through the `terraform` wrapper, with the real Terraform and its built-in provider (which
 * needs no download): a provisioner receives the value, and no file contains it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { beforeAll, describe, expect, test } from 'vitest';
import { NotReady } from '../../infra/constructs/not-ready.ts';
import { secretVariable } from '../../infra/constructs/secrets.ts';
import { findTerraform } from '../../infra/terraform/find-terraform.ts';
import { prepareVariables } from '../../infra/terraform/pass-secrets.ts';
import { makeTempFolder, privateKey, readTree, settings, writeEnvFile } from './synthesized.ts';

const wrapper = fileURLToPath(new URL('../../infra/terraform/terraform.mjs', import.meta.url));
const terraform = findTerraform(process.env.PATH ?? '');
// In CI a missing Terraform is a failure. Elsewhere these tests are skipped.
const needsTerraform = test.skipIf(!terraform && !process.env.CI);

/** Creates a project folder with a stack `dev`, defined by `build`. */
function makeProject(build: (stack: TerraformStack) => void): { root: string; folder: string } {
  const root = makeTempFolder();
  writeFileSync(join(root, 'cdktf.json'), '{}');
  const outdir = join(root, 'cdktf.out');
  const app = new App({ outdir, stackTraces: false });
  const stack = new TerraformStack(app, 'dev');
  new LocalBackend(stack, { path: '../../../terraform.dev.tfstate' });
  build(stack);
  app.synth();
  return { root, folder: join(outdir, 'stacks', 'dev') };
}

function run(folder: string, ...args: string[]) {
  const { TF_CLI_CONFIG_FILE: _file, ...rest } = process.env;
  const result = spawnSync(process.execPath, [wrapper, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...rest, CHECKPOINT_DISABLE: '1' },
  });
  return { status: result.status, output: result.stdout + result.stderr };
}

/** Runs Terraform without this project's wrapper, which would pass it the secrets. */
function runTerraformAlone(folder: string, args: string[], variables: Record<string, string> = {}) {
  const { TF_CLI_CONFIG_FILE: _file, ...rest } = process.env;
  const env = { ...rest, CHECKPOINT_DISABLE: '1', ...variables };
  return spawnSync(terraform ?? '', args, { cwd: folder, encoding: 'utf8', env });
}

/** A stack that declares secrets and passes them to a command that writes their hashes to files. */
function declareSecrets(hashes: string) {
  return (stack: TerraformStack) => {
    for (const name of ['GOOGLE_REFRESH_TOKEN', 'FIREBASE_PRIVATE_KEY'] as const) {
      secretVariable(stack, name, 'dev');
      const command = `node -e 'fs.writeFileSync("${hashes}/${name}", crypto.createHash("sha256").update(process.env.VALUE).digest("hex"))'`;
      stack.addOverride(`resource.terraform_data.${name}`, {
        provisioner: [{ 'local-exec': { command, environment: { VALUE: `\${var.${name}}` } } }],
      });
    }
  };
}

describe('a deployment', () => {
  const hashes = makeTempFolder();
  let project: ReturnType<typeof makeProject>;
  beforeAll(() => {
    project = makeProject(declareSecrets(hashes));
    writeEnvFile(project.root, 'dev', settings.oauth);
  });

  needsTerraform('passes each secret to Terraform unchanged', () => {
    expect(run(project.folder, 'init').status).toBe(0);
    const applied = run(project.folder, 'apply', '-auto-approve');
    expect(applied).toMatchObject({ status: 0, output: expect.stringContaining('2 added') });
    const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
    expect(readFileSync(join(hashes, 'GOOGLE_REFRESH_TOKEN'), 'utf8')).toBe(
      sha256(settings.oauth.GOOGLE_REFRESH_TOKEN),
    );
    // dotenv turns `\n` in double quotes into real line breaks.
    expect(readFileSync(join(hashes, 'FIREBASE_PRIVATE_KEY'), 'utf8')).toBe(sha256(privateKey.trim()));
    expect(applied.output).not.toContain('canary');
  });

  needsTerraform('writes them to no file: not the state, not a saved plan, nor any other', () => {
    expect(run(project.folder, 'plan', '-out', 'plan').status).toBe(0);
    writeFileSync(
      join(project.folder, 'plan.json'),
      spawnSync(terraform ?? '', ['show', '-json', 'plan'], { cwd: project.folder, encoding: 'utf8' }).stdout,
    );
    const line = privateKey.split('\n')[3] ?? '';
    const files = [...readTree(project.root)].filter(([path]) => path !== '.env.dev');
    expect(files.map(([path]) => path)).toEqual(
      expect.arrayContaining(['terraform.dev.tfstate', 'cdktf.out/stacks/dev/plan']),
    );
    for (const [path, content] of files) {
      expect(content.includes(settings.oauth.GOOGLE_REFRESH_TOKEN), path).toBe(false);
      expect(content.includes(line), path).toBe(false);
    }
  });

  needsTerraform('fails with a clear message if Terraform is started without the secrets', () => {
    const { folder } = makeProject(declareSecrets(hashes));
    expect(runTerraformAlone(folder, ['init']).status).toBe(0);
    const planned = runTerraformAlone(folder, ['plan', '-no-color', '-input=false']);
    expect(planned.status).toBe(1);
    const output = planned.stderr.replace(/[\s│]+/g, ' ');
    expect(output).toContain('Terraform did not get the value of FIREBASE_PRIVATE_KEY');
    expect(output).toContain('Run "npm ci" once, then "npx cdktf deploy dev".');
  });

  test('is refused before anything is contacted if the env file is incomplete', () => {
    const other = makeProject(declareSecrets(hashes));
    writeEnvFile(other.root, 'dev', { ...settings.oauth, REGION: '' });
    const { status, output } = run(other.folder, 'init');
    expect(status).toBe(1);
    expect(output).toContain('  - REGION is missing');
    expect(existsSync(join(other.folder, '.terraform'))).toBe(false);
  });

  test('is refused if a secret was removed from the env file after the synth', () => {
    const other = makeProject(declareSecrets(hashes));
    const { FIREBASE_CLIENT_EMAIL: _email, FIREBASE_PRIVATE_KEY: _key, ...rest } = settings.oauth;
    writeEnvFile(other.root, 'dev', rest);
    expect(prepareVariables(['apply'], other.folder)).toEqual({
      kind: 'refusal',
      message: expect.stringMatching(
        /\.env\.dev has changed .*FIREBASE_PRIVATE_KEY.*Synthesize the stack again/,
      ),
    });
  });

  test('passes nothing to other commands, in other folders, or for undeclared variables', () => {
    expect(prepareVariables(['version'], project.folder)).toEqual({ kind: 'variables', variables: {} });
    expect(prepareVariables(['output', '-json'], project.folder)).toEqual({
      kind: 'variables',
      variables: {},
    });
    expect(prepareVariables(['apply'], project.root)).toEqual({ kind: 'variables', variables: {} });
    expect(prepareVariables(['apply'], project.folder)).toEqual({
      kind: 'variables',
      variables: {
        TF_VAR_GOOGLE_REFRESH_TOKEN: settings.oauth.GOOGLE_REFRESH_TOKEN,
        TF_VAR_FIREBASE_PRIVATE_KEY: privateKey.trim(),
      },
    });
  });
});

describe('an environment without its file', () => {
  needsTerraform('cannot be planned, whatever value the variable is given', () => {
    const problems = ['REGION is missing: the region', 'PROJECT_ID is missing: the "project"'];
    const { folder } = makeProject((stack) => new NotReady(stack, 'x', { file: '.env.dev', problems }));
    const terraformOnly = (...args: string[]) =>
      runTerraformAlone(folder, args, { TF_VAR_settings_are_incomplete: 'complete' });
    expect(terraformOnly('init').status).toBe(0);
    const planned = terraformOnly('plan', '-no-color');
    expect(planned.status).toBe(1);
    expect(planned.stderr.replace(/[\s│]+/g, ' ')).toContain(
      '.env.dev is not complete: REGION is missing: the region; PROJECT_ID is missing: the "project".',
    );
  });
});

describe('findTerraform', () => {
  test('skips the wrappers and finds the real Terraform', () => {
    const real = makeTempFolder();
    writeFileSync(join(real, 'terraform'), '#!/bin/sh\n', { mode: 0o755 });
    const linked = makeTempFolder();
    symlinkSync(wrapper, join(linked, 'terraform'));
    const otherCheckout = makeTempFolder();
    writeFileSync(join(otherCheckout, 'terraform.mjs'), '', { mode: 0o755 });
    symlinkSync(join(otherCheckout, 'terraform.mjs'), join(otherCheckout, 'terraform'));
    expect(findTerraform(`${linked}:${otherCheckout}:${real}`)).toBe(join(real, 'terraform'));
    expect(findTerraform(`${linked}:${otherCheckout}`)).toBeUndefined();
  });
});
