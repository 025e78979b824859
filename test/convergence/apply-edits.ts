/** Applies a mutant's edits to the sources. */
import type { Mutant } from './mutants.ts';

/**
 * Returns the changed sources, by file.
 *
 * @param read returns the source of a file of the project
 * @throws Error if the original text of an edit does not occur exactly once in its file, because the source has changed
 *   since the mutant was written
 */
export function applyEdits({ name, edits }: Mutant, read: (file: string) => string): Map<string, string> {
  const sources = new Map<string, string>();
  for (const { file, original, replacement } of edits) {
    const parts = (sources.get(file) ?? read(file)).split(original);
    if (parts.length !== 2)
      throw new Error(
        `Mutant "${name}" does not fit ${file}: expected its original text once, found it ${parts.length - 1} times. Update test/convergence/mutants.ts. The text is:\n${original}`,
      );
    sources.set(file, parts.join(replacement));
  }
  return sources;
}
