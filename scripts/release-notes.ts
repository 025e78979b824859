/** `npx tsx scripts/release-notes.ts v0.1.0`: prints the section of CHANGELOG.md for a release. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/**
 * Returns the text below the heading of a version, up to the next version.
 *
 * @param changelog in the format of Keep a Changelog
 * @throws Error if the section is missing or empty
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`) || text.startsWith(`${version} `));
  const notes = section?.slice(section.indexOf('\n')).trim();
  if (!notes)
    throw new Error(
      `CHANGELOG.md has no section for ${version}. Move the entries of "Unreleased" to a section for this version.`,
    );
  return notes;
}

/**
 * Returns the version that a tag names.
 *
 * @throws Error if it is not the version in package.json
 */
export function versionOfTag(tag: string, packageVersion: string): string {
  if (tag !== `v${packageVersion}`)
    throw new Error(`The tag ${tag} does not match package.json, which has version ${packageVersion}.`);
  return packageVersion;
}

if (process.argv[1] === import.meta.filename) {
  try {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const changelog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
    console.log(releaseNotes(changelog, versionOfTag(process.argv[2] ?? '', version)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
