/** The colours of everything that a person reads here, and whether there are any. */
import picocolors from 'picocolors';

/**
 * Colours on a terminal and nowhere else, so that what is piped or kept can be searched. `NO_COLOR` turns them off,
 * `FORCE_COLOR` on (no-color.org, force-color.org). picocolors' own answer will not do: it also colours wherever `CI` is
 * set, and there is no terminal there.
 */
export function hasColours(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return isTerminal === true && TERM !== 'dumb';
}

export const pc = picocolors.createColors(hasColours(process.env, process.stdout.isTTY));
