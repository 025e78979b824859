/** One value changes in an environment's file, whatever else is in it. */
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
  ['where it was', 'A=1\nGOOGLE_REFRESH_TOKEN=old\nB=2\n', 'A=1\nGOOGLE_REFRESH_TOKEN=new\nB=2\n'],
  [
    'with blanks, quotes and a remark',
    'GOOGLE_REFRESH_TOKEN = "old" # x\nB=2',
    'GOOGLE_REFRESH_TOKEN=new\nB=2',
  ],
  ['an empty one', 'GOOGLE_REFRESH_TOKEN=\nB=2\n', 'GOOGLE_REFRESH_TOKEN=new\nB=2\n'],
  [
    'the last of two, which is the one that counts',
    'GOOGLE_REFRESH_TOKEN=a\nGOOGLE_REFRESH_TOKEN=b\n',
    'GOOGLE_REFRESH_TOKEN=a\nGOOGLE_REFRESH_TOKEN=new\n',
  ],
  [
    'below its place in .env.example',
    'A=1\n#GOOGLE_REFRESH_TOKEN=\n\n# next\nB=2\n',
    'A=1\n#GOOGLE_REFRESH_TOKEN=\nGOOGLE_REFRESH_TOKEN=new\n\n# next\nB=2\n',
  ],
  ['at the end', 'A=1', 'A=1\nGOOGLE_REFRESH_TOKEN=new\n'],
  ['in an empty file', '', 'GOOGLE_REFRESH_TOKEN=new\n'],
  [
    'with line ends of Windows',
    'A=1\r\nGOOGLE_REFRESH_TOKEN=old\r\nB=2\r\n',
    'A=1\r\nGOOGLE_REFRESH_TOKEN=new\r\nB=2\r\n',
  ],
  [
    'not within a longer value that looks like it',
    'K="-----\nGOOGLE_REFRESH_TOKEN=x\n-----"\nB=2\n',
    'K="-----\nGOOGLE_REFRESH_TOKEN=x\n-----"\nB=2\nGOOGLE_REFRESH_TOKEN=new\n',
  ],
])('%s', (_, text, expected) => {
  expect(setValue(text, name, 'new')).toBe(expected);
});

const line = fc.oneof(
  fc.constantFrom('', '# a remark', 'export C=3', 'D="two\nlines"', "E='it # s'", `#${name}=`, `${name}=old`),
  fc.stringMatching(/^[A-Z]{1,3}=[\w ]{0,8}$/),
);
const token = fc.stringMatching(/^[!-~]{1,60}$/).filter((text) => !/['"`\\]/.test(text) && !/^\$/.test(text));

test('dotenv reads the new value and all the others as they were, and no other line is another', () => {
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

test('a link stays a link, what it leads to is for its owner alone, and nothing is left beside it', async () => {
  const [real, link] = [path.join(directory, 'secrets'), path.join(directory, '.env.dev')];
  writeFileSync(real, 'A=1\n', { mode: 0o644 });
  symlinkSync(real, link);
  await setValueInFile(link, name, '1//x');
  expect(readFileSync(real, 'utf8')).toBe(`A=1\n${name}=1//x\n`);
  expect(statSync(real).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).sort()).toEqual(['.env.dev', 'secrets']);
});

test('a file that cannot be written whole stays as it was', () => {
  const file = path.join(directory, 'full');
  writeFileSync(file, 'A=1\n');
  const script = `const { setValueInFile } = await import('./functions/cli/auth/set-value.ts');
    await setValueInFile(process.argv[1], '${name}', 'x'.repeat(4096)).catch(({ code }) => console.log(code));`;
  // A file may grow to 2 KB here, as on a disk that is nearly full.
  const limited = `ulimit -f 2; exec "$0" --import tsx --input-type=module -e "$1" "$2"`;
  const said = execFileSync('bash', ['-c', limited, process.execPath, script, file], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  expect(said.trim()).toBe('EFBIG');
  expect(readFileSync(file, 'utf8')).toBe('A=1\n');
  expect(readdirSync(directory).filter((entry) => entry.startsWith('.full'))).toEqual([]);
});
