import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFields, project } from '../../../functions/drive-emulator/api/fields.ts';
import {
  CHANGE_LIST,
  DRIVE,
  FILE,
  FILE_LIST,
  type Schema,
} from '../../../functions/drive-emulator/api/schema.ts';

const LIST = {
  kind: 'drive#fileList',
  nextPageToken: 't',
  files: [
    { id: '1', name: 'a', shortcutDetails: { targetId: 'x', targetMimeType: 'm' } },
    { id: '2', name: 'b' },
  ],
};

test.each<[string, unknown]>([
  ['*', LIST],
  ['', {}],
  ['kind', { kind: 'drive#fileList' }],
  ['files', { files: LIST.files }],
  ['files(*)', { files: LIST.files }],
  ['files/*', { files: LIST.files }],
  ['files/id', { files: [{ id: '1' }, { id: '2' }] }],
  [
    'files(id,name),nextPageToken',
    {
      nextPageToken: 't',
      files: [
        { id: '1', name: 'a' },
        { id: '2', name: 'b' },
      ],
    },
  ],
  [' files( id ) , kind ', { kind: 'drive#fileList', files: [{ id: '1' }, { id: '2' }] }],
  [
    'files/id,files/name',
    {
      files: [
        { id: '1', name: 'a' },
        { id: '2', name: 'b' },
      ],
    },
  ],
  ['files/shortcutDetails/targetId', { files: [{ shortcutDetails: { targetId: 'x' } }, {}] }],
  ['files/shortcutDetails(targetId)', { files: [{ shortcutDetails: { targetId: 'x' } }, {}] }],
  [
    'files(shortcutDetails(targetId),id)',
    { files: [{ id: '1', shortcutDetails: { targetId: 'x' } }, { id: '2' }] },
  ],
  ['files(size)', { files: [{}, {}] }],
])('%j selects', (fields, expected) => {
  expect(project(LIST, parseFields(fields, FILE_LIST))).toEqual(expected);
});

test.each<[string, Schema]>([
  ['id', FILE_LIST],
  ['items', FILE_LIST],
  ['files(title)', FILE_LIST],
  ['files(Id)', FILE_LIST],
  ['files/id/x', FILE_LIST],
  ['files(id', FILE_LIST],
  ['files(id))', FILE_LIST],
  ['files()', FILE_LIST],
  ['files(id,)', FILE_LIST],
  [',kind', FILE_LIST],
  ['kind;files', FILE_LIST],
  ['kind files', FILE_LIST],
  ['toString', FILE_LIST],
  ['files(id)', FILE],
  ['md5', FILE],
  ['shortcutDetails(target)', FILE],
  ['changes(file(title))', CHANGE_LIST],
])('refuses %j', (fields, schema) => {
  expect(() => parseFields(fields, schema)).toThrow(
    expect.objectContaining({
      code: 400,
      reason: 'invalidParameter',
      at: { location: 'fields', locationType: 'parameter' },
    }),
  );
});

test('any selection of known fields is taken, and gives those fields and no others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...Object.keys(FILE)), { minLength: 1 }), (names) => {
      const everything = Object.fromEntries(Object.keys(FILE).map((name) => [name, { value: name }]));
      const kept = project(everything, parseFields(names.join(','), FILE)) as object;
      expect(Object.keys(kept).sort()).toEqual([...names].sort());
    }),
  );
});

/** The names of the fields of an interface in the types of `googleapis`, which come from Google's own description. */
function fieldsOf(schema: string): string[] {
  const types = readFileSync(
    createRequire(import.meta.url)
      .resolve('googleapis/build/src/apis/drive/v3.js')
      .replace(/js$/, 'd.ts'),
    'utf8',
  );
  const start = types.indexOf(`interface Schema$${schema} {`);
  const body = types.slice(start, types.indexOf('\n    }\n', start));
  return [...body.matchAll(/^ {8}(\w+)\?:/gm)].map((match) => match[1] as string).sort();
}

test.each<[string, Schema]>([
  ['File', FILE],
  ['FileList', FILE_LIST],
  ['Drive', DRIVE],
  ['ChangeList', CHANGE_LIST],
  ['Change', CHANGE_LIST.changes as Schema],
  ['User', FILE.owners as Schema],
])('the fields of %s are those Google lists', (name, schema) => {
  expect(Object.keys(schema).sort()).toEqual(fieldsOf(name));
});
