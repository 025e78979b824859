/** What a rule answers, and what it may ask. */
import type { Finds } from './finds.ts';

export interface Verdict {
  title: string;
  author: string[] | null;
  rule: string;
  sure: boolean;
}

/** What a rule may ask about the whole name. */
export interface Context {
  finds: Finds;
  anyCase: boolean;
  /** Underscores stood for spaces: a bare hyphen may part title and author. */
  glued: boolean;
  /** The name is written as only the owner writes: its title is first unless that cannot be. */
  ownerStyle: boolean;
  leading: readonly string[];
}
