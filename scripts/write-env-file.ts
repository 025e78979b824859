/**
 * `npx tsx scripts/write-env-file.ts dev`: writes `.env.dev` from environment variables, for a CI system that keeps the
 * settings in its own store. Prints no values.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { localNames } from '../functions/sync/core/config.ts';
import { checkValues, envFileName, knownNames } from '../infra/settings/env-file.ts';
import { environmentNames, environments, isEnvironmentName } from '../infra/settings/environments.ts';

/** The settings that a CI system provides. Settings for a developer's machine are not included. */
export const ciNames = knownNames.filter((name) => !(localNames as readonly string[]).includes(name));

/**
 * Returns the text of the env file.
 *
 * @throws Error with all problems: each setting that is missing or malformed, and each value that an env file cannot
 *   store
 */
export function envFileText(name: string, given: Record<string, string | undefined>): string {
  if (!isEnvironmentName(name))
    throw new Error(`Unknown environment "${name}". Use one of: ${environmentNames.join(', ')}.`);
  const values: Record<string, string> = {};
  for (const variable of ciNames) {
    const value = given[variable]?.trim();
    if (value) values[variable] = value;
  }
  const problems = [...(checkValues(environments[name], values).problems ?? [])];
  // If the state were kept on a temporary machine, the next deployment would start without it.
  if (!values.TF_STATE_BUCKET)
    problems.push('TF_STATE_BUCKET is missing: without a bucket, the state is lost with this machine');
  const { text, lost } = toLines(values);
  for (const variable of lost)
    problems.push(`${variable} contains characters that an env file cannot store: all three kinds of quotes`);
  if (problems.length > 0)
    throw new Error(
      `Cannot write ${envFileName({ name })}. Set or correct these variables and secrets of the GitHub environment ${name}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return text;
}

/** The text of an env file with these values, and the names of values that would not be read back unchanged. */
export function toLines(values: Record<string, string>): { text: string; lost: string[] } {
  const lines = Object.entries(values).map(([variable, value]) => `${variable}=${quoted(value)}`);
  const text = `${lines.join('\n')}\n`;
  const readBack = parse(text);
  const isLost = ([variable, value]: [string, string]) => readBack[variable] !== value.replaceAll('\r', '');
  return {
    text,
    lost: Object.entries(values)
      .filter(isLost)
      .map(([variable]) => variable),
  };
}

/** Quotes a value with quotes that it does not contain. Double quotes come last: in them, `\n` becomes a newline. */
function quoted(value: string): string {
  const plain = value.replaceAll('\r', '');
  const quote = ["'", '`', '"'].find((candidate) => !plain.includes(candidate)) ?? "'";
  return `${quote}${plain}${quote}`;
}

if (import.meta.filename === process.argv[1]) {
  try {
    const [name = ''] = process.argv.slice(2);
    const text = envFileText(name, process.env);
    const file = join(import.meta.dirname, '..', `.env.${name}`);
    if (existsSync(file))
      throw new Error(`.env.${name} already exists and was not overwritten. Remove it first.`);
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    console.log(`Wrote .env.${name} (${text.split('\n').length - 1} settings).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
