/** Sets one value in an environment's file without changing anything else. */
import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'dotenv';

/** An assignment as dotenv reads it: the name at the start of a line, optionally after `export`. */
const assignment = (name: string) => new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, 'gm');
/** The commented-out line in .env.example. */
const placeholder = (name: string) => new RegExp(`^[ \\t]*#[ \\t]*${name}=.*$`, 'gm');

/**
 * Returns the text with `name` set to `value`: in its existing line, else below its commented-out line, else at the
 * end. All other lines stay unchanged.
 *
 * @throws Error if dotenv would then read a different value for any name; no realistic file causes this
 */
export function setValue(text: string, name: string, value: string): string {
  const before = parse(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${name}=${quote(value)}`;
  const candidates = [
    replaceLast(text, assignment(name), () => line),
    replaceLast(text, placeholder(name), (found) => `${found}${newline}${line}`),
    `${text}${text === '' || text.endsWith('\n') ? '' : newline}${line}${newline}`,
  ];
  const wanted = { ...before, [name]: value };
  // A line that looks like an assignment may be part of a multi-line value, so what dotenv reads decides.
  const right = candidates.find((candidate) => candidate !== undefined && isSame(parse(candidate), wanted));
  if (right === undefined) throw new Error(`${name} cannot be set without changing another value`);
  return right;
}

/**
 * Sets a value in a file, and makes the file readable by its owner only. Writes a new file next to it and renames it
 * into place, so the file is the old one or the new one whatever happens.
 *
 * @throws Error of the system (ENOSPC, EACCES, EROFS, ...); the file is then unchanged
 */
export async function setValueInFile(file: string, name: string, value: string): Promise<void> {
  // Write to the target of a symbolic link, so that the link stays a link.
  const target = await realpath(file);
  const text = setValue(await readFile(target, 'utf8'), name, value);
  const temporary = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}`,
  );
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Replaces the last match: the last assignment counts in dotenv. A Windows line ending is not part of the line. */
function replaceLast(text: string, pattern: RegExp, by: (found: string) => string): string | undefined {
  const last = [...text.matchAll(pattern)].at(-1);
  if (!last) return undefined;
  const found = last[0].replace(/\r$/, '');
  return text.slice(0, last.index) + by(found) + text.slice(last.index + found.length);
}

function quote(value: string): string {
  if (/^[\w./+~:@=-]+$/.test(value)) return value;
  const mark = ["'", '"', '`'].find(
    (one) => !value.includes(one) && parse(`X=${one}${value}${one}`).X === value,
  );
  return mark ? `${mark}${value}${mark}` : value;
}

function isSame(read: Record<string, string>, wanted: Record<string, string>): boolean {
  return isDeepStrictEqual({ ...read }, { ...wanted });
}
