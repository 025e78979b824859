/** Checks that everything the docs refer to exists: files, sections, commands, settings. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployedNames, localNames } from '../../functions/sync/core/config.ts';
import { knownNames } from '../../infra/settings/env-file.ts';
import { environmentNames } from '../../infra/settings/environments.ts';
import {
  anchorsOf,
  brokenLinks,
  commandsIn,
  type Document,
  filePathsIn,
  type Known,
  problemsOf,
} from './markdown.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const documents: Document[] = tracked
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: read(file) }));
const folders = new Set(
  tracked.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))),
);

const packageJson = JSON.parse(read('package.json')) as { scripts: Record<string, string>; bin?: unknown };
const known: Known = {
  scripts: Object.keys(packageJson.scripts),
  subcommands: ['sync', 'doctor', 'auth', 'status', 'preview', 'sandbox'],
  environments: environmentNames,
  isThere: (file) => tracked.includes(file) || folders.has(file),
};

test('no file cites DESIGN.md, which does not exist', () => {
  const texts = tracked.filter(
    (file) => /\.(ts|mjs|md|json|yml|example)$/.test(file) && file !== 'test/docs/docs.test.ts',
  );
  expect(texts.filter((file) => /DESIGN\.md/.test(read(file)))).toEqual([]);
});

test('ARCHITECTURE.md names every folder of functions, infra and test', () => {
  const architecture = read('ARCHITECTURE.md');
  const subfolders = [...folders].filter((folder) =>
    /^(functions|infra|test)\/[^/]+(\/[^/]+)?$/.test(folder),
  );
  const names = subfolders
    .filter((folder) => !/^test\/[^/]+\/[^/]+$/.test(folder))
    .map((folder) => path.basename(folder));
  expect(names.filter((name) => !architecture.includes(`${name}/`))).toEqual([]);
});

test('the documents that a newcomer looks for exist', () => {
  for (const file of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'docs/runbook.md',
    'docs/catalog.md',
  ])
    expect(documents.map((document) => document.file)).toContain(file);
});

describe.each(documents)('$file', (document) => {
  test('links only to existing files and sections', () => {
    expect(brokenLinks(document, documents, known)).toEqual([]);
  });

  test('names only existing files, commands and flags', () => {
    expect(problemsOf(document, known)).toEqual([]);
  });
});

describe('settings', () => {
  const inExample = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? '');
  test('in .env.example are read by the code', () => {
    expect(inExample.length).toBeGreaterThan(15);
    for (const name of inExample) expect([...knownNames, ...deployedNames, ...localNames]).toContain(name);
  });

  test('that the docs show with a value exist', () => {
    const settings = new Set([...knownNames, ...deployedNames, ...localNames]);
    const unknown = documents.flatMap(({ file, text }) =>
      [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)=[^`]*`/g)]
        .filter(([, name = '']) => !settings.has(name))
        .map(([, name]) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('the checks', () => {
  const page = (text: string): Document => ({ file: 'docs/page.md', text });
  const pages: Document[] = [
    { file: 'README.md', text: '# Read me\n\n## A `b`, (c)\n\n## Twice\n\n## Twice\n' },
  ];

  test('derive the anchors of headings as GitHub does', () => {
    expect(anchorsOf(pages[0]?.text ?? '')).toEqual(['read-me', 'a-b-c', 'twice', 'twice-1']);
    expect(anchorsOf('```\n# no heading\n```\n')).toEqual([]);
  });

  test.each([
    ['[a](../README.md)', true],
    ['[a](../README.md#a-b-c)', true],
    ['[a](../README.md#twice-1)', true],
    ['[a](https://example.com/nowhere)', true],
    ['`[a](nowhere.md)`', true],
    ['[a](nowhere.md)', false],
    ['[a](../README.md#nowhere)', false],
    ['[a](#nowhere)', false],
    ['![a](nowhere.svg)', false],
  ])('accept the link %s: %s', (text, isAccepted) => {
    expect(brokenLinks(page(text), [...pages, page(text)], known).length === 0).toBe(isAccepted);
  });

  test.each([
    ['`npm run build`', true],
    ['`npm run biuld`', false],
    ['    npm run biuld -- x', false],
    ['`npx catalog-sync status --env dev`', true],
    ['`npx catalog-sync sttaus --env dev`', false],
    ['`npx catalog-sync sync --env production`', false],
    ['`npx tsx scripts/nowhere.ts`', false],
    ['`npx tsx scripts/validate.ts`', true],
    ['`npx cdktf deploy dev`', true],
    ['`npx cdktf deploy production`', false],
    ['`infra/nowhere.ts`', false],
    ['`infra/main.ts`', true],
    ["    gcloud pubsub topics publish t --project=P --message='{}'", true],
    ["    gcloud pubsub topics publish t --project P --message='{}'", false],
    ["    gcloud pubsub topics publish t --message='{}'", false],
    ['    gcloud scheduler jobs pause j \\\n      --project=P', false],
    ['    gcloud scheduler jobs pause j \\\n      --project=P --location=R', true],
  ])('accept the text %s: %s', (text, isAccepted) => {
    expect(problemsOf(page(text), known).length === 0, problemsOf(page(text), known).join()).toBe(isAccepted);
  });

  test('find commands and files in the real docs', () => {
    const commands = documents.flatMap(({ text }) => commandsIn(text));
    expect(commands.filter((command) => command.startsWith('gcloud')).length).toBeGreaterThan(10);
    expect(commands.filter((command) => command.startsWith('npm run')).length).toBeGreaterThan(5);
    expect(documents.flatMap(({ text }) => filePathsIn(text)).length).toBeGreaterThan(5);
  });
});

test('docs/commands.md says of every command what it contacts and what it writes', () => {
  const rows = [...read('docs/commands.md').matchAll(/^\| \[`(\w+)`\]\(#\w+\) \|(.*)\|$/gm)];
  expect(rows.map(([, command]) => command).sort()).toEqual([...known.subcommands].sort());
  for (const [, command, cells = ''] of rows)
    expect(
      cells.split('|').every((cell) => cell.trim() !== ''),
      command,
    ).toBe(true);
});

test('docs/terminal.md shows a doctor without warnings, but for those about the emulators', () => {
  const [, block = ''] = /With everything set up[^`]*```([^`]*)```/.exec(read('docs/terminal.md')) ?? [];
  const warnings = [...block.matchAll(/^warning .*$/gm)].map(([line]) => line);
  expect(warnings).toEqual([
    expect.stringContaining('not to Google'),
    expect.stringContaining('the emulator at'),
  ]);
  expect(block).toContain('Ready to run');
});
