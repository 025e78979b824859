/**
 * A wrapper between cdktf and Terraform that passes Terraform the secrets of the current environment.
 *
 * `npx cdktf deploy dev` must be the whole deployment, and no secret may be written to a file. Terraform accepts
 * values that are in no file only through TF_VAR_* variables. The app knows the values, but it is a child process of
 * cdktf and cannot set cdktf's environment. However, cdktf starts `terraform` by name, and under `npx` a package's
 * own commands come first on the PATH: this one. It starts the real Terraform with the values in its environment,
 * which other users of the machine cannot read and which is gone when Terraform exits.
 *
 * Outside the stack folders of this project it adds nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { envFileName, formatProblems, readSecrets, readTarget } from '../settings/env-file.ts';
import { environments, isEnvironmentName } from '../settings/environments.ts';
import { findTerraform } from './find-terraform.ts';

/** Commands that evaluate the configuration and so need its variables. `init` runs first, so it is checked too. */
const checkedCommands = ['init', 'plan', 'apply', 'destroy', 'refresh', 'import', 'console'];

/** Runs the real Terraform with the arguments and exits with its exit code. */
export function runTerraform(args: string[]): void {
  const outcome = prepareVariables(args, process.cwd());
  const terraform = findTerraform(process.env.PATH ?? '');
  if (outcome.kind === 'refusal') stop(outcome.message);
  else if (!terraform)
    stop(
      'Terraform is not installed: there is no `terraform` command on the PATH. Install Terraform 1.11 or newer.',
    );
  else start(terraform, args, outcome.variables);
}

function start(terraform: string, args: string[], variables: Record<string, string>): void {
  const child = spawn(terraform, args, {
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  });
  // Ctrl+C in the terminal reaches Terraform directly. Terraform must be able to shut down cleanly, or the state stays
  // locked.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => stop(`Terraform could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/**
 * Returns the TF_VAR_* variables for running Terraform in a folder.
 *
 * @returns a refusal if the folder is the stack of an environment that cannot be deployed
 */
export function prepareVariables(
  args: readonly string[],
  folder: string,
): { kind: 'variables'; variables: Record<string, string> } | { kind: 'refusal'; message: string } {
  const command = args.find((argument) => !argument.startsWith('-'));
  const stack = readStack(folder);
  const project = findProject(folder);
  if (!command || !checkedCommands.includes(command) || !stack || !project)
    return { kind: 'variables', variables: {} };
  const environment = environments[stack.environment];
  const { problems } = readTarget(environment, project);
  if (problems) return { kind: 'refusal', message: formatProblems(environment, problems) };

  const secrets = Object.entries(readSecrets(environment, project));
  const declared = secrets.filter(([name]) => stack.variables.includes(name));
  const missing = stack.variables.filter((name) => !declared.some(([other]) => other === name));
  if (missing.length > 0)
    return {
      kind: 'refusal',
      message: `${envFileName(environment)} has changed since the stack was synthesized (no longer set: ${missing.join(', ')}). Synthesize the stack again: run "npx cdktf synth".`,
    };
  return {
    kind: 'variables',
    variables: Object.fromEntries(declared.map(([name, value]) => [`TF_VAR_${name}`, value])),
  };
}

/** Reads the environment of the stack in a folder, and the ephemeral variables that it declares. */
function readStack(folder: string) {
  try {
    const stack = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'));
    const name = stack['//'].metadata.stackName;
    if (!isEnvironmentName(name) || basename(folder) !== name) return undefined;
    const variables = Object.entries(stack.variable ?? {}) as [string, { ephemeral?: boolean }][];
    return {
      environment: name,
      variables: variables.filter(([, { ephemeral }]) => ephemeral).map(([variable]) => variable),
    };
  } catch {
    return undefined;
  }
}

/** Finds the project that a stack's folder belongs to: the nearest parent folder with a cdktf.json. */
function findProject(folder: string): string | undefined {
  if (existsSync(join(folder, 'cdktf.json'))) return folder;
  return dirname(folder) === folder ? undefined : findProject(dirname(folder));
}

function stop(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
