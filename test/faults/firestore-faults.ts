/**
 * The cases for Firestore: each fault of Firestore and its connection at each request of a run, and how the run must
 * end.
 */
import type { Verdict } from '../support/firestore-proxy.ts';
import { type Case, cleanRun, type Ending } from './cases.ts';
import type { Scenario } from './scenarios.ts';

interface FirestoreFault {
  name: string;
  verdict: Verdict;
  /** How a run must end if the fault happens once, at a read. */
  read: Ending;
  /** How a run must end if the fault happens once, at a commit. */
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

/** All faults. A commit that is rejected because of a document's state (5, 6 and 9) is planned again. */
const firestoreFaults: readonly FirestoreFault[] = [
  passing('cut before', 'cutBefore'),
  passing('cut after', 'cutAfter'),
  passing('no response', 'stall'),
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

/** Faults that are all handled differently. */
const kinds = /^(cut|no response|connection)|with (5|9|14) /;

/**
 * All cases of a scenario: each fault at each request. With `core`, each kind of fault; in a scenario with a
 * conflicting edit, only at the requests after the conflict, because the requests before it are those of the
 * incremental run.
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
    // The gRPC client waits a second before it reconnects, so the retries must last longer.
    ...(fault.verdict === 'down' ? { retryBaseMs: 50 } : {}),
  };
}
