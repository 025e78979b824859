/** Tests `npm start` as a person runs it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const directories: string[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'a library '));
  directories.push(directory);
  return directory;
}

/** Starts the sandbox with a mark in the environment of its processes, so that leftover processes can be found. */
function begin(args: string[]): {
  child: ChildProcess;
  mark: string;
  output: () => string;
  until: (text: string, count?: number) => Promise<void>;
  ended: Promise<number | null>;
} {
  const mark = mkdtempSync(path.join(tmpdir(), 'start-'));
  directories.push(mark);
  const child = spawn(
    // A single process, so that killing it leaves none behind.
    process.execPath,
    ['functions/cli/catalog-sync.mjs', 'sandbox', ...args],
    {
      cwd: root,
      env: { ...process.env, TMPDIR: mark },
    },
  );
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  async function until(text: string, count = 1): Promise<void> {
    for (let waited = 0; waited < 50_000; waited += 50) {
      if (output.split(text).length > count) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`The output did not contain "${text}" ${count} times:\n${output}`);
  }
  return { child, mark, output: () => output, until, ended };
}

/** Finds processes on this machine with the mark in their environment. */
function marked(mark: string): { pid: number; command: string }[] {
  const script = `exec 2>/dev/null; for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ | grep -q ${mark} && echo "$(basename $p) $(tr '\\0' ' ' <$p/cmdline)"; done; true`;
  const lines = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  return lines.map((line) => {
    const [pid = '', ...command] = line.split(' ');
    return { pid: Number(pid), command: command.join(' ') };
  });
}

function leftBehind(mark: string): string {
  return marked(mark)
    .map(({ command }) => command)
    .join('\n');
}

test('builds a catalog from the sample library, changes nothing the second time, and leaves no process running', async () => {
  // A unique name gives the folder a unique ID, because the emulator is shared with the other tests.
  const library = path.join(await makeDirectory(), `books ${randomUUID()}`);
  await cp(path.join(root, 'library'), library, { recursive: true });
  const first = begin(['--library', library]);
  expect(await first.ended).toBe(0);
  expect(first.output()).toMatch(/│ Atlas Shrugged +│ Ayn Rand +│ 1957 │/);
  expect(first.output()).toContain('Synchronization completed successfully');
  expect(first.output()).toMatch(
    /reconcile: 17 added, 0 updated, 0 removed, 0 restored \(\d+ Drive calls, \d+ quota units, 2 Firestore reads, 18 writes/,
  );
  expect(leftBehind(first.mark)).toBe('');

  const second = begin(['--library', library]);
  expect(await second.ended).toBe(0);
  expect(second.output()).toContain('reconcile: 0 added, 0 updated, 0 removed, 0 restored');
}, 120_000);

describe('prints one sentence without a stack trace if the directory', () => {
  test.each<[string, (directory: string) => Promise<string>]>([
    ['does not exist', async (directory) => path.join(directory, 'nowhere')],
    ['is empty', async (directory) => directory],
    ['has an empty name, as from an unset variable', async () => ''],
    [
      'is a file',
      async (directory) => {
        const file = path.join(directory, 'book.pdf');
        await writeFile(file, '%PDF-1.4');
        return file;
      },
    ],
  ])('%s', async (_, make) => {
    const given = await make(await makeDirectory());
    const run = begin(['--library', given]);
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split('\n')).toHaveLength(1);
    expect(run.output()).toContain(given);
    expect(run.output()).not.toMatch(/\bat .*:\d+/);
  });
});

test('--watch runs again after each change, and Ctrl-C stops it without leaving a process running', async () => {
  const library = path.join(await makeDirectory(), `watched ${randomUUID()}`);
  await cp(path.join(root, 'library/Fiction'), library, { recursive: true });
  // A link to outside the library is ignored. Following it would watch half the machine.
  await symlink(tmpdir(), path.join(library, 'elsewhere'));
  const run = begin(['--library', library, '--watch']);
  await run.until('Watching');
  await writeFile(path.join(library, 'Emma - Jane Austen (1815).pdf'), '%PDF-1.4 sample');
  await run.until(
    'incremental: 1 added, 0 updated, 0 removed, 0 restored (1 Drive call, 100 quota units, 2 Firestore reads, 2 writes',
  );
  await rename(
    path.join(library, 'Emma - Jane Austen (1815).pdf'),
    path.join(library, 'Emma - J. Austen (1815).pdf'),
  );
  await run.until('incremental: 0 added, 1 updated');
  await rm(path.join(library, 'Emma - J. Austen (1815).pdf'));
  await run.until('incremental: 0 added, 0 updated, 1 removed');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(130);
  for (let waited = 0; waited < 10_000 && leftBehind(run.mark) !== ''; waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(leftBehind(run.mark)).toBe('');
}, 120_000);

test('Ctrl-C while the function starts stops without a run, and leaves no process running', async () => {
  const library = path.join(await makeDirectory(), `interrupted ${randomUUID()}`);
  await cp(path.join(root, 'library/Fiction'), library, { recursive: true });
  const run = begin(['--library', library]);
  await run.until('Drive: ');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(130);
  expect(run.output()).not.toContain('Delivering');
  expect(run.output()).toContain('Stopped.');
  expect(leftBehind(run.mark)).toBe('');
}, 120_000);

test('child processes end if the command is killed with SIGKILL', async () => {
  const run = begin(['--watch', '--library', path.join(root, 'library')]);
  await run.until('Watching');
  expect(leftBehind(run.mark)).toContain('functions-framework');
  // Kill only the command itself, and only that of this start.
  for (const { pid, command } of marked(run.mark))
    if (command.includes('functions/cli/catalog-sync.mjs sandbox')) process.kill(pid, 'SIGKILL');
  for (let waited = 0; waited < 10_000 && leftBehind(run.mark) !== ''; waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(leftBehind(run.mark)).toBe('');
}, 120_000);
