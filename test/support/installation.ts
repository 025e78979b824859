/** The project as somebody installed it: a copy in a folder of its own, with `.env.dev` for a world, and its command line. */
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
  /** What came of it so far. */
  said: Said;
  /** Resolves when it has said this. */
  until(text: string): Promise<void>;
  ended: Promise<Said>;
}

export interface Installation {
  /** Where it lies; there are blanks in the path. */
  directory: string;
  writeEnv(values: Record<string, string>, name?: string): Promise<void>;
  /** Starts `catalog-sync` with these arguments. */
  start(args: readonly string[], options?: StartOptions): RunningCommand;
  /** The same to its end. */
  run(args: readonly string[], options?: StartOptions): Promise<Said>;
  remove(): Promise<void>;
}

export interface StartOptions {
  /** The directory it is typed in. Default: the installation's. */
  cwd?: string;
  environment?: Record<string, string>;
  /** Where standard output goes, an open file; what it says is then not kept. */
  stdout?: number;
}

/** The settings of a world as they stand in `.env.dev`. */
export function envOf(world: World): Record<string, string> {
  const { FIRESTORE_EMULATOR_HOST: _, ...values } = environmentOf(world);
  return { ...values, WRITES_PER_SECOND: '10000' };
}

/** The packages of this checkout, but a cache of its own. */
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
      throw new Error(`never said "${text}":\n${said.stdout}\n${said.stderr}`);
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
