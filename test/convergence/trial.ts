/** What the histories made of a sync with a rule broken. */

export interface Trial {
  /** `invalid`: it crashed, or never played. That proves nothing. */
  verdict: 'caught' | 'SURVIVED' | 'INVALID';
  /** Histories played, the one that went wrong included; 0 where none was. */
  histories: number;
  /** The first thing that was wrong, or why nothing can be said. */
  saying: string;
}

/** Reads what `main.ts` printed. */
export function judgeOutput(output: string): Trial {
  const right = /^No divergence in (\d+) histories/m.exec(output);
  if (right) return { verdict: 'SURVIVED', histories: Number(right[1]), saying: '' };
  const before = /^The catalog went wrong \((\d+) histories were right before/m.exec(output);
  const wrong = /^WRONG:\n {2}- (.*)$/m.exec(output)?.[1];
  // A mistake in the mutant itself is no wrong catalog.
  const crashed = /\b(?:Type|Reference|Syntax)Error\b.*/.exec(output)?.[0];
  if (!before || wrong === undefined || crashed !== undefined)
    return { verdict: 'INVALID', histories: 0, saying: crashed ?? output.trim().slice(-300) };
  return { verdict: 'caught', histories: Number(before[1]) + 1, saying: wrong.slice(0, 160) };
}
