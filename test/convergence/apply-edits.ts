/** Puts a mutant into the sources. */
import type { Mutant } from './mutants.ts';

/**
 * The sources that a mutant changes, by file.
 *
 * @param read gives the source of a file of the project
 * @throws Error where a rule does not stand exactly once in its file: the source has moved on from under the mutant
 */
export function applyEdits({ name, edits }: Mutant, read: (file: string) => string): Map<string, string> {
  const sources = new Map<string, string>();
  for (const { file, rule, broken } of edits) {
    const parts = (sources.get(file) ?? read(file)).split(rule);
    if (parts.length !== 2)
      throw new Error(
        `"${name}": the rule stands ${parts.length - 1} times in ${file} instead of once; bring test/convergence/mutants.ts up to date. It is:\n${rule}`,
      );
    sources.set(file, parts.join(broken));
  }
  return sources;
}
