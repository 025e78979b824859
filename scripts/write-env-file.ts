/**
 * Writes `.env.<environment>` from this process's environment, for a CI that keeps the values in its own store:
 * `npx tsx scripts/write-env-file.ts dev`. Prints no value.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { localNames } from '../functions/sync/core/config.ts';
import { checkValues, envFileName, knownNames } from '../infra/settings/env-file.ts';
import { environmentNames, environments, isEnvironmentName } from '../infra/settings/environments.ts';

/** The names that a CI gives; those for one machine only are not among them. */
export const ciNames = knownNames.filter((name) => !(localNames as readonly string[]).includes(name));

/**
 * The text of the env file.
 *
 * @throws Error with every problem: what is missing or malformed, by name, and what no env file can hold
 */
export function envFileText(name: string, given: Record<string, string | undefined>): string {
  if (!isEnvironmentName(name))
    throw new Error(`Name the environment: ${environmentNames.join(', ')}. There is no "${name}".`);
  const values: Record<string, string> = {};
  for (const variable of ciNames) {
    const value = given[variable]?.trim();
    if (value) values[variable] = value;
  }
  const problems = [...(checkValues(environments[name], values).problems ?? [])];
  // A state on a machine that is thrown away would make the next deployment begin from nothing.
  if (!values.TF_STATE_BUCKET)
    problems.push('TF_STATE_BUCKET is missing: without a bucket the state is lost with the machine');
  const { text, lost } = toLines(values);
  for (const variable of lost)
    problems.push(`${variable} holds characters that an env file cannot hold: all three kinds of quotes`);
  if (problems.length > 0)
    throw new Error(
      `${envFileName({ name })} cannot be written. Set these as variables or secrets of the GitHub environment ${name}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return text;
}

/** The lines of a file with these values, and the names of those that would not be read back as they are. */
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

/** In quotes that the value does not hold; within double ones `\n` would become a newline. */
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
      throw new Error(`.env.${name} is there already: it is not written over. Remove it first.`);
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    console.log(`Wrote .env.${name} (${text.split('\n').length - 1} names).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
