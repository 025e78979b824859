/** Counts what a run asks of Drive and Firestore, in the units both bill and limit by. */

export interface Usage {
  /** Requests to Drive, retries included. */
  driveCalls: number;
  /** Drive's quota units: 5 a get, 100 a list or a look at the changes feed. */
  driveUnits: number;
  /** Documents read from Firestore; a query that finds nothing is billed as one. */
  reads: number;
  writes: number;
  deletes: number;
  /** Round trips that committed writes. */
  commits: number;
}

export type Meter = Usage & { add(kind: keyof Usage, amount?: number): void };

/** A meter at zero. */
export function createMeter(): Meter {
  return {
    driveCalls: 0,
    driveUnits: 0,
    reads: 0,
    writes: 0,
    deletes: 0,
    commits: 0,
    add(kind, amount = 1) {
      this[kind] += amount;
    },
  };
}

/** The figures alone, for a log line or a report. */
export function usageOf({ driveCalls, driveUnits, reads, writes, deletes, commits }: Usage): Usage {
  return { driveCalls, driveUnits, reads, writes, deletes, commits };
}
