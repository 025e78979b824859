/** Checks the Troubleshooting table in README.md against the messages of a run: docs/errors.md and the log lines. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogs, type LogEntry } from '../../../functions/sync/core/logs.ts';
import { createRedactor } from '../../../functions/sync/core/redact.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** The rows of the first table after a heading or the start of the file, cell by cell. */
function tableOf(file: string, heading = ''): string[][] {
  const text =
    readFileSync(path.join(root, file), 'utf8').split(heading ? `\n${heading}\n` : /^/)[heading ? 1 : 0] ??
    '';
  const rows = /(?:^\|.*\n)+/m.exec(text)?.[0].trim().split('\n').slice(2) ?? [];
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The messages that a run can log, with their advice. The advice of a warning is part of its message. */
const sayings: { sentence: string; advice: string }[] = tableOf('docs/errors.md').map((cells) => ({
  sentence: cells[4] ?? '',
  advice: cells[5] ?? '',
}));
const logs = createLogs(
  ({ message, hint }: LogEntry) => sayings.push({ sentence: message, advice: `${message} ${hint ?? ''}` }),
  createRedactor([]),
);
const held = { count: 57, limit: 10, books: 90, sample: [] };
logs.removalsHeld(held);
logs.updatesHeld(held);
logs.scanIncomplete('folder', 'why');
logs.embeddedOff('why', 'Hint.');

const rows = tableOf('README.md', '## Troubleshooting').map(([see = '', means = '', todo = '']) => ({
  see,
  means,
  todo,
}));

/** `...` and N match anything. */
function saidAs(see: string): typeof sayings {
  const pieces = see.replaceAll('`', '').split(/\.\.\.|\bN\b/);
  const pattern = new RegExp(pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
  return sayings.filter(({ sentence }) => pattern.test(sentence));
}

/** The significant words of a text, truncated so that different forms of a word match. */
function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[a-z]{4,}/g) ?? []).map((word) => word.slice(0, 5)));
}

test('the tables have not lost rows', () => {
  expect(sayings.length).toBeGreaterThan(60);
  expect(rows.length).toBeGreaterThanOrEqual(9);
});

describe.each(rows)('$see', ({ see, means, todo }) => {
  test('is a message that a run logs', () => {
    expect(see).toMatch(/^`[^`]+`$/);
    expect(saidAs(see)).not.toEqual([]);
  });

  test('gives the same advice as the run', () => {
    for (const { sentence, advice } of saidAs(see)) {
      const known = wordsOf(`${sentence} ${advice}`);
      const shared = [...wordsOf(`${means} ${todo}`)].filter((word) => known.has(word));
      expect(shared.length, `${todo} <> ${advice}`).toBeGreaterThanOrEqual(3);
      // Names of settings and attributes must appear in the advice of the run.
      for (const [, name = ''] of todo.matchAll(/`([A-Z_]{4,}|[a-z]+_[a-z]+)/g))
        expect(advice).toContain(name);
    }
  });
});

test('every message about held changes has a row', () => {
  const described = new Set(rows.flatMap(({ see }) => saidAs(see)).map(({ sentence }) => sentence));
  for (const { sentence } of sayings.filter(({ sentence }) => /^Holding /.test(sentence)))
    expect(described).toContain(sentence);
});
