/** The result of playing histories against one mutant. */

export interface Trial {
  /** `INVALID`: the mutant crashed, or no history was played. That proves nothing about the test. */
  verdict: 'caught' | 'SURVIVED' | 'INVALID';
  /** Number of histories played, including the one that failed; 0 if none was played. */
  histories: number;
  /** The first divergence, or why the trial is invalid. */
  detail: string;
}

/** Parses the output of `main.ts`. */
export function parseOutput(output: string): Trial {
  const passed = /^No divergence in (\d+) histories/m.exec(output);
  if (passed) return { verdict: 'SURVIVED', histories: Number(passed[1]), detail: '' };
  const before = /^The catalog diverged from the model \((\d+) histories passed before/m.exec(output);
  const divergence = /^Divergences:\n {2}- (.*)$/m.exec(output)?.[1];
  // A bug in the mutant itself does not count as a divergence.
  const crash = /\b(?:Type|Reference|Syntax)Error\b.*/.exec(output)?.[0];
  if (!before || divergence === undefined || crash !== undefined)
    return { verdict: 'INVALID', histories: 0, detail: crash ?? output.trim().slice(-300) };
  return { verdict: 'caught', histories: Number(before[1]) + 1, detail: divergence.slice(0, 160) };
}
