/**
 * Installs a copy of the project in its own directory, with an `.env.dev` for a test environment, and runs its CLI.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environmentOf } from './function.ts';
import type { World } from './world.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  child: ChildProcess;
  /** The output and exit code so far. */
  said: Said;
  /** Resolves when the output contains this text. */
  until(text: string): Promise<void>;
  ended: Promise<Said>;
}

export interface Installation {
  /** The path of the copy. It contains a space. */
  directory: string;
  writeEnv(values: Record<string, string>, name?: string): Promise<void>;
  /** Starts `catalog-sync` with these arguments. */
  start(args: readonly string[], options?: StartOptions): RunningCommand;
  /** Runs `catalog-sync` with these arguments until it exits. */
  run(args: readonly string[], options?: StartOptions): Promise<Said>;
  remove(): Promise<void>;
}

export interface StartOptions {
  /** The working directory. Default: the installation's directory. */
  cwd?: string;
  environment?: Record<string, string>;
  /** A file descriptor for standard output, which is then not recorded. */
  stdout?: number;
}

/** The settings of a test environment for `.env.dev`. */
export function envOf(world: World): Record<string, string> {
  const { FIRESTORE_EMULATOR_HOST: _, ...values } = environmentOf(world);
  return { ...values, WRITES_PER_SECOND: '10000' };
}

/** Links the packages of this checkout, except the cache: each installation has its own. */
async function linkPackages(directory: string): Promise<void> {
  const packages = path.join(root, 'node_modules');
  await mkdir(directory);
  for (const name of await readdir(packages))
    if (name !== '.cache') await symlink(path.join(packages, name), path.join(directory, name));
}

export async function install(): Promise<Installation> {
  const directory = path.join(await mkdtemp(path.join(tmpdir(), 'installation-')), 'catalog sync');
  await mkdir(directory);
  for (const part of ['functions', 'infra', 'package.json', 'tsconfig.json'])
    await cp(path.join(root, part), path.join(directory, part), { recursive: true });
  await linkPackages(path.join(directory, 'node_modules'));
  const running = new Set<ChildProcess>();

  function start(args: readonly string[], { cwd, environment, stdout }: StartOptions = {}): RunningCommand {
    const bin = path.join(directory, 'functions/cli/catalog-sync.mjs');
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: cwd ?? directory,
      stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    const said: Said = { code: null, stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.on('data', (chunk) => {
        said[stream] += chunk;
      });
    const ended = new Promise<Said>((resolve) =>
      child.once('close', (code) => {
        running.delete(child);
        said.code = code;
        resolve(said);
      }),
    );
    async function until(text: string): Promise<void> {
      for (let waited = 0; waited < 25_000; waited += 20) {
        if (said.stdout.includes(text) || said.stderr.includes(text)) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`Timed out waiting for "${text}". Output:\n${said.stdout}\n${said.stderr}`);
    }
    return { child, said, until, ended };
  }

  return {
    directory,
    start,
    async writeEnv(values, name = 'dev') {
      const lines = Object.entries(values).map(([variable, value]) => `${variable}="${value}"\n`);
      await writeFile(path.join(directory, `.env.${name}`), lines.join(''));
    },
    run: (args, options) => start(args, options).ended,
    async remove() {
      for (const child of running) child.kill('SIGKILL');
      await rm(path.dirname(directory), { recursive: true, force: true });
    },
  };
}
