/** Terminal colors, and whether to use them. */
import picocolors from 'picocolors';

/**
 * Returns whether to use colors: only on a terminal, so that piped or saved output can be searched. `NO_COLOR` turns
 * them off, `FORCE_COLOR` turns them on (no-color.org, force-color.org). The detection of picocolors is not used,
 * because it also enables colors if `CI` is set, where there is no terminal.
 */
export function hasColors(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return isTerminal === true && TERM !== 'dumb';
}

export const pc = picocolors.createColors(hasColors(process.env, process.stdout.isTTY));
