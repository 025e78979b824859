/** The README's table of troubles, held against what a run says: docs/errors.md, and the lines of the log. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogs, type LogEntry } from '../../../functions/sync/core/logs.ts';
import { createRedactor } from '../../../functions/sync/core/redact.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** The rows of the first table after a heading or the beginning, cell by cell. */
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

/** What a run may say, and what it advises: the advice of a warning stands in its own sentence. */
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

/** `...` and N stand for anything. */
function saidAs(see: string): typeof sayings {
  const pieces = see.replaceAll('`', '').split(/\.\.\.|\bN\b/);
  const pattern = new RegExp(pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
  return sayings.filter(({ sentence }) => pattern.test(sentence));
}

/** The words that carry a sentence, each cut to what its forms share. */
function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[a-z]{4,}/g) ?? []).map((word) => word.slice(0, 5)));
}

test('there are as many rows as there were ever', () => {
  expect(sayings.length).toBeGreaterThan(60);
  expect(rows.length).toBeGreaterThanOrEqual(9);
});

describe.each(rows)('$see', ({ see, means, todo }) => {
  test('is what a run says', () => {
    expect(see).toMatch(/^`[^`]+`$/);
    expect(saidAs(see)).not.toEqual([]);
  });

  test('has the advice that the run gives', () => {
    for (const { sentence, advice } of saidAs(see)) {
      const known = wordsOf(`${sentence} ${advice}`);
      const shared = [...wordsOf(`${means} ${todo}`)].filter((word) => known.has(word));
      expect(shared.length, `${todo} <> ${advice}`).toBeGreaterThanOrEqual(3);
      // A name of a setting or an attribute must be the run's own.
      for (const [, name = ''] of todo.matchAll(/`([A-Z_]{4,}|[a-z]+_[a-z]+)/g))
        expect(advice).toContain(name);
    }
  });
});

test('what is told as an error has a row, whatever its cause', () => {
  const described = new Set(rows.flatMap(({ see }) => saidAs(see)).map(({ sentence }) => sentence));
  for (const { sentence } of sayings.filter(({ sentence }) => /^Holding /.test(sentence)))
    expect(described).toContain(sentence);
});
