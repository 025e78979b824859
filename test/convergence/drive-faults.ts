/** The faults of Drive that runs meet in histories. */
import { DRIVE_FAULTS, type NamedFault } from '../../functions/drive-emulator/faults/fault-catalog.ts';
import { allowed } from './findings.ts';

/** Faults that come and go; those that ask for seconds of patience are left to other tests. */
export const faults: readonly NamedFault[] = DRIVE_FAULTS.filter(
  ({ name, fault }) =>
    fault.kind !== 'hang' &&
    !(fault.kind === 'status' && fault.retryAfter !== undefined) &&
    (allowed.entriesWithoutChecksum || name !== 'entry without md5Checksum'),
);

/** Places in `faults` of those that leave something out of a listing, or leave in doubt whether they do. */
export const gaps: { said: readonly number[]; seen: readonly number[] } = {
  /** Drive says so itself. */
  said: placesOf(({ fault }) => fault.kind === 'incompleteSearch' && fault.missing !== undefined),
  /** An entry is not whole. Without a checksum it is: the sync takes that for a file that has none. */
  seen: placesOf(({ fault }) => fault.kind === 'dropFields' && !fault.fields.includes('md5Checksum')),
};

function placesOf(isOne: (fault: NamedFault) => boolean): number[] {
  return faults.flatMap((fault, index) => (isOne(fault) ? [index] : []));
}
