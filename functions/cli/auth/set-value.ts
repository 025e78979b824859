/** Changes one value in an environment's file and nothing else in it. */
import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'dotenv';

/** An assignment as dotenv reads it: the name at the start of a line, perhaps after `export`. */
const assignment = (name: string) => new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, 'gm');
/** The place that .env.example keeps for it. */
const placeholder = (name: string) => new RegExp(`^[ \\t]*#[ \\t]*${name}=.*$`, 'gm');

/**
 * The text with `name` set to `value`: where it was set, else below its commented line, else at the end. Every other
 * line stays as it is.
 *
 * @throws Error where dotenv would then read other values than these; nothing sensible leads there
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
  // A line that looks like an assignment may be part of a longer value: what dotenv reads decides.
  const right = candidates.find((candidate) => candidate !== undefined && isSame(parse(candidate), wanted));
  if (right === undefined) throw new Error(`${name} cannot be set without changing another value`);
  return right;
}

/**
 * Sets a value in a file, for its owner's eyes only: written beside it and put in its place, so that whatever happens
 * the file is the old one or the new one.
 *
 * @throws Error of the system: ENOSPC, EACCES, EROFS ...; the file is then as it was
 */
export async function setValueInFile(file: string, name: string, value: string): Promise<void> {
  // A link stays a link.
  const target = await realpath(file);
  const text = setValue(await readFile(target, 'utf8'), name, value);
  const beside = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}`,
  );
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** The last one counts, as with dotenv. A line end of Windows is not part of the line. */
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
