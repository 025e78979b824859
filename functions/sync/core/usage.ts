/** Counts a run's usage of Drive and Firestore, in the units that Google bills and limits. */

export interface Usage {
  /** Requests to Drive, retries included. */
  driveCalls: number;
  /** Drive quota units: 5 per get, 100 per list or per page of the changes feed. */
  driveUnits: number;
  /** Documents read from Firestore. A query without results is billed as one read. */
  reads: number;
  writes: number;
  deletes: number;
  /** Round trips that committed writes. */
  commits: number;
}

export type Meter = Usage & { add(kind: keyof Usage, amount?: number): void };

/** Creates a meter at zero. */
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

/** Returns only the figures, for a log line or a report. */
export function usageOf({ driveCalls, driveUnits, reads, writes, deletes, commits }: Usage): Usage {
  return { driveCalls, driveUnits, reads, writes, deletes, commits };
}
