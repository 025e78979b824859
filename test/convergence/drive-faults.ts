/** The Drive faults that are injected into runs. */
import { driveFaults, type NamedFault } from '../../functions/drive-emulator/faults/fault-catalog.ts';
import { allowed } from './findings.ts';

/** Faults that pass quickly. Those that need seconds of waiting (hangs, `Retry-After`) are left to other tests. */
export const faults: readonly NamedFault[] = driveFaults.filter(
  ({ name, fault }) =>
    fault.kind !== 'hang' &&
    !(fault.kind === 'status' && fault.retryAfter !== undefined) &&
    (allowed.entriesWithoutChecksum || name !== 'entry without md5Checksum'),
);

/** Indexes in `faults` of those that make a listing incomplete, or possibly incomplete. */
export const incompleteListingFaults: { reported: readonly number[]; detected: readonly number[] } = {
  /** Drive itself reports that the response is incomplete. */
  reported: indexesOf(({ fault }) => fault.kind === 'incompleteSearch' && fault.missing !== undefined),
  /**
   * An entry lacks a field. A missing `md5Checksum` does not count: the sync treats it as a file without a checksum.
   */
  detected: indexesOf(({ fault }) => fault.kind === 'dropFields' && !fault.fields.includes('md5Checksum')),
};

function indexesOf(matches: (fault: NamedFault) => boolean): number[] {
  return faults.flatMap((fault, index) => (matches(fault) ? [index] : []));
}
