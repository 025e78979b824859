/** Tests the `preview` command as a person runs it before deploying. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePdf } from '../../../functions/drive-emulator/sample/pdf.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'preview-test-'));
  const content = writePdf({ lines: ['text'], info: { title: 'Emma', author: 'Jane Austen' }, xmp: null });
  await writeFile(path.join(directory, 'scan0001.pdf'), content);
  await writeFile(path.join(directory, 'Relativity - Albert Einstein (1916).pdf'), 'not a PDF');
  await writeFile(path.join(directory, 'notes.txt'), 'Emma - Jane Austen (1815).pdf\r\n\nscan0001.pdf\n');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function run(args: string[], stdin = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['functions/cli/catalog-sync.mjs', 'preview', ...args],
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

const objects = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('prints the names in a file or standard input as JSON lines, in the same order', async () => {
  const expected = [
    {
      filename: 'Emma - Jane Austen (1815).pdf',
      title: 'Emma',
      author: 'Jane Austen',
      year: '1815',
      confidence: 'sure',
      rule: expect.any(String),
      origin: { title: 'name', author: 'name', year: 'name' },
    },
    expect.objectContaining({ filename: 'scan0001.pdf', author: null, origin: { title: 'stem' } }),
  ];
  const list = path.join(directory, 'notes.txt');
  expect(objects((await run([list, '--json'])).stdout)).toEqual(expected);
  expect(objects((await run(['-', '--json'], 'Emma - Jane Austen (1815).pdf\nscan0001.pdf')).stdout)).toEqual(
    expected,
  );
});

test('prints a table of a directory, with metadata from the content and the reason if content cannot be read', async () => {
  const { stdout } = await run([directory, '--embedded', 'fill']);
  expect(stdout).toMatch(/scan0001\.pdf .* Emma .* Jane Austen .*content: title, author/);
  expect(stdout).toMatch(/Relativity - .*InvalidPDF/);
  expect(stdout).toMatch(/2 books/);
});

test.each([
  [['/no/such/place'], '', 1, /\/no\/such\/place does not exist\./],
  [['-'], ' \n', 1, /No names found in standard input/],
  [['-', '--embedded', 'fill'], 'a.pdf', 1, /--embedded needs a directory/],
  [[process.execPath], '', 1, /is neither a book \(\.pdf, \.epub\) nor a text file/],
  [['.github-that-is-not', '--embedded', 'yes'], '', 2, /Allowed choices are off, fill, prefer/],
])('reports in one sentence what is wrong with the arguments %j', async (args, stdin, exitCode, message) => {
  const { code, stdout, stderr } = await run(args, stdin);
  expect([code, stdout]).toEqual([exitCode, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/at .*\.ts:/);
});

test.runIf(process.platform === 'linux')('reports a file that exists but cannot be read', async () => {
  const { code, stdout, stderr } = await run(['/proc/self/mem']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^Cannot read \/proc\/self\/mem: .*\n$/);
});

test('a name with control characters does not affect the terminal', async () => {
  const { stdout } = await run(['-'], 'A\u001b[31mred\u0007 - Ann Author.pdf\n');
  expect(stdout).toContain('Ann Author');
  expect([...stdout].filter((sign) => sign < ' ' && sign !== '\n')).toEqual([]);
});

test.each([[['--json']], [[]]])(
  'exits without an error if the reader closes the pipe, with the arguments %j',
  async (flags) => {
    const names = Array.from({ length: 3_000 }, (_, at) => `Book ${at} - Ann Author.pdf`).join('\n');
    const child = spawn(process.execPath, ['functions/cli/catalog-sync.mjs', 'preview', '-', ...flags]);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end(names);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(said).toBe('');
  },
);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while books are read leaves no temporary folder',
  async (signal) => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'preview-interrupted-'));
    try {
      const args = ['functions/cli/catalog-sync.mjs', 'preview', directory, '--embedded', 'fill'];
      const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary } });
      const ended = new Promise((resolve) => child.once('close', resolve));
      while ((await readdir(temporary)).length === 0 && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  },
);
