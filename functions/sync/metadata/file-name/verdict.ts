/** What a rule returns, and what it may know about the name. */
import type { Finds } from './finds.ts';

export interface Verdict {
  title: string;
  author: string[] | null;
  rule: string;
  sure: boolean;
}

/** What a rule may know about the whole name. */
export interface Context {
  finds: Finds;
  anyCase: boolean;
  /** Underscores stand for spaces, so a bare hyphen may separate title and author. */
  glued: boolean;
  /** The name is in the style of the folder's owner: title first, unless there is strong evidence against it. */
  ownerStyle: boolean;
  leading: readonly string[];
}
