/** Tests that one value changes in an environment's file, whatever else it contains. */
import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setValue, setValueInFile } from '../../../functions/cli/auth/set-value.ts';

const name = 'GOOGLE_REFRESH_TOKEN';

test.each([
  [
    'replaces the value in place',
    'A=1\nGOOGLE_REFRESH_TOKEN=old\nB=2\n',
    'A=1\nGOOGLE_REFRESH_TOKEN=new\nB=2\n',
  ],
  [
    'replaces a value with blanks, quotes and a comment',
    'GOOGLE_REFRESH_TOKEN = "old" # x\nB=2',
    'GOOGLE_REFRESH_TOKEN=new\nB=2',
  ],
  ['replaces an empty value', 'GOOGLE_REFRESH_TOKEN=\nB=2\n', 'GOOGLE_REFRESH_TOKEN=new\nB=2\n'],
  [
    'replaces the last of two assignments, which is the one that counts',
    'GOOGLE_REFRESH_TOKEN=a\nGOOGLE_REFRESH_TOKEN=b\n',
    'GOOGLE_REFRESH_TOKEN=a\nGOOGLE_REFRESH_TOKEN=new\n',
  ],
  [
    'adds the value below its commented-out line',
    'A=1\n#GOOGLE_REFRESH_TOKEN=\n\n# next\nB=2\n',
    'A=1\n#GOOGLE_REFRESH_TOKEN=\nGOOGLE_REFRESH_TOKEN=new\n\n# next\nB=2\n',
  ],
  ['adds the value at the end', 'A=1', 'A=1\nGOOGLE_REFRESH_TOKEN=new\n'],
  ['adds the value to an empty file', '', 'GOOGLE_REFRESH_TOKEN=new\n'],
  [
    'keeps Windows line endings',
    'A=1\r\nGOOGLE_REFRESH_TOKEN=old\r\nB=2\r\n',
    'A=1\r\nGOOGLE_REFRESH_TOKEN=new\r\nB=2\r\n',
  ],
  [
    'leaves a multi-line value that contains a similar line unchanged',
    'K="-----\nGOOGLE_REFRESH_TOKEN=x\n-----"\nB=2\n',
    'K="-----\nGOOGLE_REFRESH_TOKEN=x\n-----"\nB=2\nGOOGLE_REFRESH_TOKEN=new\n',
  ],
])('%s', (_, text, expected) => {
  expect(setValue(text, name, 'new')).toBe(expected);
});

const line = fc.oneof(
  fc.constantFrom(
    '',
    '# a comment',
    'export C=3',
    'D="two\nlines"',
    "E='it # s'",
    `#${name}=`,
    `${name}=old`,
  ),
  fc.stringMatching(/^[A-Z]{1,3}=[\w ]{0,8}$/),
);
const token = fc.stringMatching(/^[!-~]{1,60}$/).filter((text) => !/['"`\\]/.test(text) && !/^\$/.test(text));

test('dotenv reads the new value and all other values, and all other lines stay the same', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      token,
      fc.constantFrom('\n', '\r\n'),
      (lines, value, end) => {
        const text = lines.join(end);
        const changed = setValue(text, name, value);
        expect(parse(changed)).toEqual({ ...parse(text), [name]: value });
        const others = (of: string) =>
          of.split(/\r?\n/).filter((one) => one !== '' && !one.startsWith(`${name}=`));
        expect(others(changed)).toEqual(others(text));
      },
    ),
  );
});

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'set-value-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a symbolic link stays a link, its target is readable by the owner only, and no temporary file remains', async () => {
  const [real, link] = [path.join(directory, 'secrets'), path.join(directory, '.env.dev')];
  writeFileSync(real, 'A=1\n', { mode: 0o644 });
  symlinkSync(real, link);
  await setValueInFile(link, name, '1//x');
  expect(readFileSync(real, 'utf8')).toBe(`A=1\n${name}=1//x\n`);
  expect(statSync(real).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).sort()).toEqual(['.env.dev', 'secrets']);
});

test('a file that cannot be written completely stays unchanged', () => {
  const file = path.join(directory, 'full');
  writeFileSync(file, 'A=1\n');
  const script = `const { setValueInFile } = await import('./functions/cli/auth/set-value.ts');
    await setValueInFile(process.argv[1], '${name}', 'x'.repeat(4096)).catch(({ code }) => console.log(code));`;
  // Limit files to 2 KB, as on a disk that is nearly full.
  const limited = `ulimit -f 2; exec "$0" --import tsx --input-type=module -e "$1" "$2"`;
  const said = execFileSync('bash', ['-c', limited, process.execPath, script, file], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  expect(said.trim()).toBe('EFBIG');
  expect(readFileSync(file, 'utf8')).toBe('A=1\n');
  expect(readdirSync(directory).filter((entry) => entry.startsWith('.full'))).toEqual([]);
});
