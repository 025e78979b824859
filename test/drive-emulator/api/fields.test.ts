import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFields, project } from '../../../functions/drive-emulator/api/fields.ts';
import {
  changeListSchema,
  driveSchema,
  fileListSchema,
  fileSchema,
  type Schema,
} from '../../../functions/drive-emulator/api/schema.ts';

const fileList = {
  kind: 'drive#fileList',
  nextPageToken: 't',
  files: [
    { id: '1', name: 'a', shortcutDetails: { targetId: 'x', targetMimeType: 'm' } },
    { id: '2', name: 'b' },
  ],
};

test.each<[string, unknown]>([
  ['*', fileList],
  ['', {}],
  ['kind', { kind: 'drive#fileList' }],
  ['files', { files: fileList.files }],
  ['files(*)', { files: fileList.files }],
  ['files/*', { files: fileList.files }],
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
])('the selection %j keeps the expected fields', (fields, expected) => {
  expect(project(fileList, parseFields(fields, fileListSchema))).toEqual(expected);
});

test.each<[string, Schema]>([
  ['id', fileListSchema],
  ['items', fileListSchema],
  ['files(title)', fileListSchema],
  ['files(Id)', fileListSchema],
  ['files/id/x', fileListSchema],
  ['files(id', fileListSchema],
  ['files(id))', fileListSchema],
  ['files()', fileListSchema],
  ['files(id,)', fileListSchema],
  [',kind', fileListSchema],
  ['kind;files', fileListSchema],
  ['kind files', fileListSchema],
  ['toString', fileListSchema],
  ['files(id)', fileSchema],
  ['md5', fileSchema],
  ['shortcutDetails(target)', fileSchema],
  ['changes(file(title))', changeListSchema],
])('rejects the selection %j', (fields, schema) => {
  expect(() => parseFields(fields, schema)).toThrow(
    expect.objectContaining({
      code: 400,
      reason: 'invalidParameter',
      at: { location: 'fields', locationType: 'parameter' },
    }),
  );
});

test('any selection of known fields keeps exactly those fields', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...Object.keys(fileSchema)), { minLength: 1 }), (names) => {
      const everything = Object.fromEntries(Object.keys(fileSchema).map((name) => [name, { value: name }]));
      const kept = project(everything, parseFields(names.join(','), fileSchema)) as object;
      expect(Object.keys(kept).sort()).toEqual([...names].sort());
    }),
  );
});

/**
 * The field names of an interface in the types of `googleapis`, which are generated from Google's API description.
 */
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
  ['File', fileSchema],
  ['FileList', fileListSchema],
  ['Drive', driveSchema],
  ['ChangeList', changeListSchema],
  ['Change', changeListSchema.changes as Schema],
  ['User', fileSchema.owners as Schema],
])('the fields of %s match those that Google lists', (name, schema) => {
  expect(Object.keys(schema).sort()).toEqual(fieldsOf(name));
});
