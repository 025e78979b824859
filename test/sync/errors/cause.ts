import type { Settings } from '../../../functions/sync/core/config.ts';
import type { World } from '../../support/world.ts';

/** Something that keeps a run from being done. */
export interface Cause {
  what: string;
  /**
   * Makes it happen; returns the settings under which it does.
   *
   * @param later is called when the run is over
   */
  make: (
    world: World,
    later: (undo: () => unknown) => void,
    // biome-ignore lint/suspicious/noConfusingVoidType: most causes need no settings
  ) => Partial<Settings> | void | Promise<Partial<Settings>>;
  /** How long one answer may take in this run. */
  callTimeoutMs?: number;
  /** FIRESTORE_EMULATOR_HOST of this run, if not the proxy's; null for none. */
  firestoreHost?: () => Promise<string | null>;
}
