import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { releaseNotes, versionOfTag } from '../../scripts/release-notes.ts';

const root = path.join(import.meta.dirname, '../..');
const changelog =
  '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- New.\n\n## 0.1.0 (not released)\n\n- First.\n';

test.each([
  ['0.2.0', '- New.'],
  ['0.1.0', '- First.'],
])('the release notes for %s are its section of the changelog', (version, notes) => {
  expect(releaseNotes(changelog, version)).toBe(notes);
});

test.each(['0.2', '1.0.0', 'Unreleased'])(
  'a version without a section (%s) is rejected with an error that says what to do',
  (version) => {
    expect(() => releaseNotes(changelog, version)).toThrow(
      'Move the entries of "Unreleased" to a section for this version',
    );
  },
);

test('a tag that does not match package.json is rejected', () => {
  expect(versionOfTag('v0.1.0', '0.1.0')).toBe('0.1.0');
  expect(() => versionOfTag('v0.2.0', '0.1.0')).toThrow('does not match package.json');
});

test('the version in package.json has release notes', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(releaseNotes(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version)).not.toBe('');
});
