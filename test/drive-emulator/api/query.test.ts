import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../../functions/drive-emulator/api/query.ts';
import { DriveError } from '../../../functions/drive-emulator/errors.ts';
import { DriveModel } from '../../../functions/drive-emulator/model/drive.ts';
import { folderMimeType, type Item, shortcutMimeType } from '../../../functions/drive-emulator/model/item.ts';

const drive = new DriveModel();
const folder = drive.addFolder({ name: 'Shelf', parent: 'root', id: 'A', createdTime: '2020-01-01' });
drive.addFolder({ name: 'B', parent: 'root', id: 'B', createdTime: '2020-01-01' });
const file = drive.addFile({
  name: "HelloWorld it's \\ blue.pdf",
  parent: 'A',
  createdTime: '2020-01-01T00:00:00Z',
  modifiedTime: '2024-05-06T07:08:09.123Z',
});
const trashed = drive.addFile({ name: 'x', parent: 'A' });
drive.trash(trashed.id);
const shortcut = drive.addShortcut({ name: 's', parent: 'A', target: file.id });

function matches(query: string, item: Item): boolean {
  return parseQuery(query, (id) => (id === 'root' ? drive.rootId : id)).matches(item);
}

describe('query terms', () => {
  test.each<[string, Item, boolean]>([
    ["'A' in parents", file, true],
    ["'B' in parents", file, false],
    ["'root' in parents", folder, true],
    [`'${drive.rootId}' in parents`, folder, true],
    ["name = 'HelloWorld it\\'s \\\\ blue.pdf'", file, true],
    ["name != 'x'", file, true],
    ["name = 'helloworld'", file, false],
    ["name contains 'hello'", file, true],
    ["name contains 'World'", file, false],
    ["name contains 'blue'", file, true],
    ["name contains '.*'", file, false],
    [`mimeType = '${folderMimeType}'`, folder, true],
    [`mimeType != '${folderMimeType}'`, folder, false],
    ["mimeType contains 'application/'", file, true],
    [`mimeType = '${shortcutMimeType}'`, shortcut, true],
    [`shortcutDetails.targetId = '${file.id}'`, shortcut, true],
    ['trashed = false', file, true],
    ['trashed = true', trashed, true],
    ['trashed != true', trashed, false],
    ["modifiedTime > '2024-05-06T07:08:09.122Z'", file, true],
    ["modifiedTime > '2024-05-06T07:08:09.123Z'", file, false],
    ["modifiedTime >= '2024-05-06T09:08:09.123+02:00'", file, true],
    ["modifiedTime < '2024-05-06T07:08:10'", file, true],
    ["modifiedTime < '2024-05-06T07:08:09'", file, false],
    ["createdTime = '2020-01-01'", file, true],
    ['not trashed = true', trashed, false],
    ["not (name = 'x' or trashed = false)", trashed, false],
  ])('evaluates %s', (query, item, expected) => {
    expect(matches(query, item)).toBe(expected);
  });
});

test.each([
  '',
  ' ',
  'title = 1',
  "title = 'x'",
  'name',
  "name = 'x' and",
  "name = 'x' name = 'y'",
  "name = 'x' AND name = 'y'",
  "name '=' 'x'",
  'name = x',
  'name = "x"',
  "name > 'x'",
  "name like 'x'",
  "name = 'it's'",
  "name = 'x\\n'",
  "name = 'x",
  'trashed',
  "trashed = 'true'",
  'trashed = yes',
  'trashed contains true',
  "mimeType < 'a'",
  "modifiedTime > 'yesterday'",
  "modifiedTime > '2024-13-45'",
  'modifiedTime > 2024',
  "modifiedTime contains '2024'",
  "'A' in parent",
  "parents in 'A'",
  "parents = 'A'",
  "('A' in parents",
  "'A' in parents)",
  "'A' in parents; drop",
  "toString = 'x'",
  "fullText contains 'x'",
  "'me' in owners",
])('rejects %j with 400 invalid at q', (query) => {
  expect(() => parseQuery(query, (id) => id)).toThrow(
    expect.objectContaining({
      code: 400,
      reason: 'invalid',
      at: { location: 'q', locationType: 'parameter' },
    }),
  );
});

test('extracts the parents in order, but only if every match has one of them', () => {
  const parentsOf = (query: string) => parseQuery(query, (id) => id).parents;
  expect(parentsOf("'A' in parents and trashed = false")).toEqual(['A']);
  expect(parentsOf("trashed = false and ('B' in parents or 'A' in parents)")).toEqual(['B', 'A']);
  expect(parentsOf("'A' in parents or name = 'x'")).toBeNull();
  expect(parentsOf("not 'A' in parents")).toBeNull();
});

test('any name can be queried if apostrophes and backslashes are escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const item = new DriveModel().addFile({ name, parent: 'root' });
      const quoted = name.replace(/['\\]/g, '\\$&');
      return matches(`name = '${quoted}'`, item) && !matches(`name != '${quoted}'`, item);
    }),
  );
});

interface Tree {
  readonly text: string;
  readonly value: boolean;
}

test('and, or, not and parentheses follow Boolean algebra, from left to right', () => {
  const leaf: fc.Arbitrary<Tree> = fc.constantFrom<Tree>(
    { text: 'trashed = false', value: true },
    { text: 'trashed = true', value: false },
    { text: "'A' in parents", value: true },
    { text: "'B' in parents", value: false },
  );
  const { tree } = fc.letrec<{ tree: Tree; operand: Tree }>((tie) => ({
    operand: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('operand').map(({ text, value }) => ({ text: `not ${text}`, value: !value })),
      tie('tree').map(({ text, value }) => ({ text: `( ${text} )`, value })),
    ),
    tree: fc
      .tuple(tie('operand'), fc.array(fc.tuple(fc.boolean(), tie('operand')), { maxLength: 3 }))
      .map(([first, rest]) =>
        rest.reduce(
          (left, [isAnd, right]) => ({
            text: `${left.text} ${isAnd ? 'and' : 'or'} ${right.text}`,
            value: isAnd ? left.value && right.value : left.value || right.value,
          }),
          first,
        ),
      ),
  }));
  fc.assert(fc.property(tree, ({ text, value }) => matches(text, file) === value));
});

test('any string is either parsed or rejected with a DriveError', () => {
  const word = fc.constantFrom(
    'name',
    'trashed',
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    'in',
    'parents',
    "'A'",
    'true',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: word }, fc.string())), (words) => {
      try {
        parseQuery(words.join(' '), (id) => id);
      } catch (error) {
        expect(error).toBeInstanceOf(DriveError);
      }
    }),
  );
});
