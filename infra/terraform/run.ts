/**
 * Stands between cdktf and Terraform, and hands it the secrets of the environment at hand.
 *
 * `npx cdktf deploy dev` is to be the whole deployment, and no secret may be written to a file. Terraform takes
 * values that are in no file from TF_VAR_* variables only; but the app, which knows the values, is a child of
 * cdktf and cannot set cdktf's environment. What cdktf starts by name is `terraform`, and under `npx` a package's
 * own commands come first on the PATH: this one. It starts the real Terraform with the values in its environment,
 * which other users of the machine cannot read, and which is gone when Terraform ends.
 *
 * In any other folder than a stack of this project it adds nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { envFileName, formatProblems, readSecrets, readTarget } from '../settings/env-file.ts';
import { environments, isEnvironmentName } from '../settings/environments.ts';
import { findTerraform } from './path.ts';

/** Commands that evaluate the configuration, and so ask for its variables. `init` goes first and is checked too. */
const checkedCommands = ['init', 'plan', 'apply', 'destroy', 'refresh', 'import', 'console'];

/** Runs the real Terraform with the arguments and ends as it ends. */
export function runTerraform(args: string[]): void {
  const outcome = prepareVariables(args, process.cwd());
  const terraform = findTerraform(process.env.PATH ?? '');
  if (outcome.kind === 'refusal') stop(outcome.message);
  else if (!terraform) stop('Terraform is not installed: `terraform` is in no folder of the PATH.');
  else start(terraform, args, outcome.variables);
}

function start(terraform: string, args: string[], variables: Record<string, string>): void {
  const child = spawn(terraform, args, {
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  });
  // A ^C at the terminal reaches Terraform by itself; it must be let end in order, or it leaves a locked state.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => stop(`Terraform could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/**
 * The TF_VAR_* variables for Terraform in a folder.
 *
 * @returns a refusal where the folder is a stack of an environment that cannot be deployed
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
      message: `${envFileName(environment)} has changed since the stack was synthesised (${missing.join(', ')}): synthesise again.`,
    };
  return {
    kind: 'variables',
    variables: Object.fromEntries(declared.map(([name, value]) => [`TF_VAR_${name}`, value])),
  };
}

/** The environment of the stack in a folder, and the ephemeral variables it asks for. */
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

/** The project that a stack's folder belongs to: the nearest folder above it with a cdktf.json. */
function findProject(folder: string): string | undefined {
  if (existsSync(join(folder, 'cdktf.json'))) return folder;
  return dirname(folder) === folder ? undefined : findProject(dirname(folder));
}

function stop(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
