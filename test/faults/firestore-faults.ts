/** Every fault of Firestore and of the way to it, at every request of a run: the cases, and how each must end. */
import type { Verdict } from '../support/firestore-proxy.ts';
import { type Case, cleanRun, type Ending } from './cases.ts';
import type { Scenario } from './scenarios.ts';

interface FirestoreFault {
  name: string;
  verdict: Verdict;
  /** How a run must end that meets it once: at a read, at a commit. */
  read: Ending;
  commit: Ending;
}

const refusal = (grpcStatus: number, name: string, read: Ending, commit: Ending = read): FirestoreFault => ({
  name: `refused with ${grpcStatus} ${name}`,
  verdict: { grpcStatus },
  read,
  commit,
});
const passing = (name: string, verdict: Verdict): FirestoreFault => ({
  name,
  verdict,
  read: 'completed',
  commit: 'completed',
});

/** All there is. A commit that is refused for what a document is or is not is planned again. */
const firestoreFaults: readonly FirestoreFault[] = [
  passing('cut before', 'cutBefore'),
  passing('cut after', 'cutAfter'),
  passing('no answer', 'stall'),
  passing('connection refused', 'down'),
  refusal(1, 'cancelled', 'completed'),
  refusal(2, 'unknown', 'completed'),
  refusal(3, 'invalid argument', 'CatalogError'),
  refusal(4, 'deadline exceeded', 'completed'),
  refusal(5, 'not found', 'ConfigError', 'completed'),
  refusal(6, 'already exists', 'CatalogError', 'completed'),
  refusal(7, 'permission denied', 'AuthenticationError'),
  refusal(8, 'resource exhausted', 'completed'),
  refusal(9, 'failed precondition', 'CatalogError', 'completed'),
  refusal(10, 'aborted', 'completed'),
  refusal(11, 'out of range', 'CatalogError'),
  refusal(12, 'unimplemented', 'CatalogError'),
  refusal(13, 'internal', 'completed'),
  refusal(14, 'unavailable', 'completed'),
  refusal(15, 'data loss', 'CatalogError'),
  refusal(16, 'unauthenticated', 'AuthenticationError'),
];

/** The faults of which no two are handled alike. */
const kinds = /^(cut|no answer|connection)|with (5|9|14) /;

/**
 * All cases of a scenario: each fault at each request. `core`: every kind of fault; where another's edit is met, only at
 * the requests that follow from it, as those before are the incremental run's.
 */
export async function firestoreCases(scenario: Scenario, core: boolean): Promise<Case[]> {
  const { firestore } = await cleanRun(scenario);
  const first = core && scenario.meddle ? firestore.indexOf('Commit') + 1 : 0;
  return firestoreFaults
    .filter(({ name }) => !core || kinds.test(name))
    .flatMap((fault) =>
      firestore.map((method, index) => firestoreCase(scenario, fault, method, index + 1)).slice(first),
    );
}

function firestoreCase(scenario: Scenario, fault: FirestoreFault, method: string, call: number): Case {
  return {
    name: `${fault.name}, request ${call} (${method})`,
    scenario,
    plant(staged) {
      let hits = 0;
      let seen = 0;
      staged.world.judge = async (asked) => {
        await staged.meddle(asked.method);
        if (++seen !== call) return 'pass';
        hits += 1;
        return fault.verdict;
      };
      return () => hits;
    },
    ends: [method === 'Commit' ? fault.commit : fault.read],
    ...(fault.verdict === 'stall' ? { callTimeoutMs: 1_500 } : {}),
    // The gRPC client waits a second before it tries to connect again; the tries must last longer.
    ...(fault.verdict === 'down' ? { retryBaseMs: 50 } : {}),
  };
}
