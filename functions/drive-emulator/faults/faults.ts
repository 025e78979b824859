import type { Method } from '../api/params.ts';

/** One request, before it is answered. */
export interface Call {
  readonly method: Method;
  /** 1 for the first call of this method since the server started. */
  readonly index: number;
  /** The file or shared drive in the path. */
  readonly id: string | null;
  readonly params: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What goes wrong with a call. */
export type Fault =
  /** An error answer; without `reason`, the usual one for the status. `retryAfter`: seconds or an HTTP date. */
  | { kind: 'status'; status: number; reason?: string; retryAfter?: number | string; html?: boolean }
  /** The connection is cut before anything is answered. */
  | { kind: 'cut' }
  /** The connection is cut after half of the body. */
  | { kind: 'half' }
  /** 200, but a page for humans. */
  | { kind: 'html' }
  /** 200, and JSON that ends in the middle. */
  | { kind: 'truncatedJson' }
  /** The right answer, after `ms` milliseconds. */
  | { kind: 'slow'; ms: number }
  /** No answer, ever; the connection stays open. */
  | { kind: 'hang' }
  /** Every access token issued so far expires, so this call is a 401 and a new token works. */
  | { kind: 'expireTokens' }
  /** `incompleteSearch: true`, and the last `missing` files of the page left out (default 0). */
  | { kind: 'incompleteSearch'; missing?: number }
  /** The named fields are absent from the n-th entry (default 1) of the page, or from the file itself. */
  | { kind: 'dropFields'; fields: readonly string[]; entry?: number }
  /** The token endpoint refuses. */
  | { kind: 'oauth'; error: 'invalid_grant' | 'invalid_client' };

export interface FaultMatch {
  /** Any method of Drive if not said; none of the OAuth endpoints. */
  readonly method?: Method | readonly Method[];
  /** The n-th matching call since the rule was added (1-based), or a condition. Default: the first. */
  readonly call?: number | ((call: Call) => boolean);
}

export interface FaultRule {
  readonly match?: FaultMatch;
  /** How many calls it hits, from the first one on. Default 1; `Infinity` for ever. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A rule at work. */
export interface ActiveFault {
  /** How many calls it has hit so far: a test that asserts more than 0 knows that its fault happened. */
  readonly hits: number;
  remove(): void;
}

/** Told of every call before it is answered; a mutation made here is seen by the answer. */
export type CallListener = (call: Call) => void | Promise<void>;

interface RuleState {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

/** The faults that a sandbox's server is to make. */
export class Faults {
  readonly #rules = new Set<RuleState>();
  readonly #listeners = new Set<CallListener>();

  /** Adds a rule; rules are asked in the order they were added and at most one hits a call. */
  add(rule: FaultRule): ActiveFault {
    const state: RuleState = { rule, seen: 0, hits: 0 };
    this.#rules.add(state);
    const remove = (): void => {
      this.#rules.delete(state);
    };
    return {
      get hits() {
        return state.hits;
      },
      remove,
    };
  }

  /** Removes all rules and listeners. */
  clear(): void {
    this.#rules.clear();
    this.#listeners.clear();
  }

  /** Calls the listener on every call; the function given back ends that. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async announce(call: Call): Promise<void> {
    for (const listener of this.#listeners) await listener(call);
  }

  /** The fault that this call meets, or null. Counts the call in every rule it could concern. */
  take(call: Call): Fault | null {
    let taken: Fault | null = null;
    for (const state of this.#rules) {
      const hit = isHit(state, call);
      if (!hit || taken !== null) continue;
      state.hits++;
      taken = state.rule.fault;
    }
    return taken;
  }
}

function isHit(state: RuleState, call: Call): boolean {
  const { match = {}, times = 1 } = state.rule;
  if (!concerns(match.method, call.method)) return false;
  state.seen++;
  if (state.hits >= times) return false;
  if (typeof match.call === 'function') return match.call(call);
  return state.seen >= (match.call ?? 1);
}

function concerns(wanted: FaultMatch['method'], method: Method): boolean {
  if (wanted === undefined) return !method.startsWith('oauth.');
  return typeof wanted === 'string' ? wanted === method : wanted.includes(method);
}
