import type { Settings } from '../../../functions/sync/core/config.ts';
import type { World } from '../../support/world.ts';

/** Something that makes a run fail. */
export interface Cause {
  what: string;
  /**
   * Makes it happen. Returns the settings that it needs.
   *
   * @param later registers a function to call when the run is over
   */
  make: (
    world: World,
    later: (undo: () => unknown) => void,
    // biome-ignore lint/suspicious/noConfusingVoidType: most causes need no settings
  ) => Partial<Settings> | void | Promise<Partial<Settings>>;
  /** Timeout of a single call in this run. */
  callTimeoutMs?: number;
  /** FIRESTORE_EMULATOR_HOST for this run, if it is not the proxy; null for none. */
  firestoreHost?: () => Promise<string | null>;
}
