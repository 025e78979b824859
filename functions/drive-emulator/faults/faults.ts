/** Decides which calls to the Drive emulator fail, and how. */
import type { Method } from '../api/params.ts';

/** A request that has not been answered yet. */
export interface Call {
  readonly method: Method;
  /** 1 for the first call of this method since the server started. */
  readonly index: number;
  /** The id of the file or shared drive in the path. */
  readonly id: string | null;
  readonly params: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What goes wrong with a call. */
export type Fault =
  /** An error response. Default `reason`: the usual one for the status. `retryAfter`: seconds or an HTTP date. */
  | { kind: 'status'; status: number; reason?: string; retryAfter?: number | string; html?: boolean }
  /** The connection is cut before the response starts. */
  | { kind: 'cut' }
  /** The connection is cut after half of the response body. */
  | { kind: 'half' }
  /** Status 200 with an HTML page. */
  | { kind: 'html' }
  /** Status 200 with JSON that ends in the middle. */
  | { kind: 'truncatedJson' }
  /** The regular response, delayed by `ms` milliseconds. */
  | { kind: 'slow'; ms: number }
  /** No response; the connection stays open. */
  | { kind: 'hang' }
  /** Every access token issued so far expires: this call fails with 401, and a new token works. */
  | { kind: 'expireTokens' }
  /** `incompleteSearch: true`, without the last `missing` files of the page (default 0). */
  | { kind: 'incompleteSearch'; missing?: number }
  /** The named fields are missing from one entry of the page (1-based, default 1), or from the file itself. */
  | { kind: 'dropFields'; fields: readonly string[]; entry?: number }
  /** The token endpoint rejects the request. */
  | { kind: 'oauth'; error: 'invalid_grant' | 'invalid_client' };

export interface FaultMatch {
  /** Default: any Drive method, but no OAuth endpoint. */
  readonly method?: Method | readonly Method[];
  /** The n-th matching call since the rule was added (1-based), or a condition. Default: 1. */
  readonly call?: number | ((call: Call) => boolean);
}

export interface FaultRule {
  readonly match?: FaultMatch;
  /** How many calls fail, starting with the first that matches. Default: 1. `Infinity`: all. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A rule that was added. */
export interface ActiveFault {
  /** How many calls the rule has hit so far. Tests assert more than 0 to know that the fault happened. */
  readonly hits: number;
  remove(): void;
}

/** Called for every call before the response is made. The response reflects mutations made by the listener. */
export type CallListener = (call: Call) => void | Promise<void>;

interface RuleState {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

/** The fault rules and call listeners of a Drive emulator. */
export class Faults {
  readonly #rules = new Set<RuleState>();
  readonly #listeners = new Set<CallListener>();

  /** Adds a rule. Rules apply in the order in which they were added, and at most one applies to a call. */
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

  /** Registers a listener for every call. Returns a function that removes the listener. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async announce(call: Call): Promise<void> {
    for (const listener of this.#listeners) await listener(call);
  }

  /** The fault to inject into this call, or null. Counts the call in every rule for its method. */
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
