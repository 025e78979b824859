/** The bytes of one file, fetched in few pieces and kept while the file is read. */

/** The parent gives no more bytes of this file. */
export class NoMoreBytes extends Error {
  override readonly name = 'NoMoreBytes';
}

/** Fetches from `start` up to, not including, `end`; null where there are no more to be had. */
export type Fetch = (start: number, end: number) => Promise<Uint8Array | null>;

export interface Ranges {
  /** In bytes. */
  size: number;
  /**
   * The bytes from `start` up to, not including, `end`.
   *
   * @throws NoMoreBytes where the book has used up what it may read, or is shorter than it was said to be
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * One request brings at least this much, and twice that at the end of the file, where the directory of a PDF lies, and
 * where a reading goes on from what was fetched: six of them are all a book gets.
 */
const leastBytes = 32 * 1024;

interface Piece {
  start: number;
  end: number;
  bytes: Uint8Array;
}

export function createRanges(size: number, fetch: Fetch): Ranges {
  const pieces: Piece[] = [];

  function pieceWith(at: number): Piece | undefined {
    return pieces.find((piece) => piece.start <= at && at < piece.end);
  }

  /** What is not known of a stretch: its known beginning and end are left off. */
  function unknownOf(start: number, end: number): [number, number] {
    let [from, until] = [start, end];
    for (let piece = pieceWith(from); piece && from < until; piece = pieceWith(from)) from = piece.end;
    for (let piece = pieceWith(until - 1); piece && from < until; piece = pieceWith(until - 1))
      until = piece.start;
    return [from, until];
  }

  /** More than was asked for, since the next question is as a rule for what lies beside it; nothing twice. */
  function widened(from: number, until: number): [number, number] {
    const goesBack = pieces.some(({ start }) => start === until);
    const goesOn = pieces.some(({ end }) => end === from);
    const atEnd = until + leastBytes > size;
    const least = pieces.length > 0 && (atEnd || goesBack || goesOn) ? 2 * leastBytes : leastBytes;
    const last = goesBack ? until : Math.min(size, Math.max(until, from + least));
    const first = goesBack || last === size ? Math.max(0, Math.min(from, last - least)) : from;
    const before = pieces.filter(({ end }) => end <= from).map(({ end }) => end);
    const after = pieces.filter(({ start }) => start >= until).map(({ start }) => start);
    const next = Math.min(...after, size);
    // A small gap up to what is known is closed at once.
    return [Math.max(first, ...before), next - from <= 2 * leastBytes ? next : Math.min(last, next)];
  }

  async function fetchPiece(start: number, end: number): Promise<boolean> {
    const bytes = await fetch(start, end);
    if (!bytes) return false;
    if (bytes.length < end - start) throw new NoMoreBytes('it is shorter than it was said to be');
    pieces.push({ start, end, bytes });
    return true;
  }

  async function readNow(start: number, end: number): Promise<Uint8Array> {
    const [from, until] = unknownOf(start, end);
    if (from < until) {
      const [first, last] = widened(from, until);
      // Where no room is left for more, there may be for what is needed.
      const fetched = (await fetchPiece(first, last)) || (await fetchPiece(from, until));
      if (!fetched) throw new NoMoreBytes('it wants more bytes or requests than a book may cost');
    }
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const piece = pieceWith(at) as Piece;
      const part = piece.bytes.subarray(at - piece.start, end - piece.start);
      bytes.set(part, at - start);
      at += part.length;
    }
    return bytes;
  }

  // One at a time: two questions at once are often for neighbours, and the first answer then holds both.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    size,
    async read(start, end) {
      if (start < 0 || end > size || start > end) throw new NoMoreBytes('it points outside of itself');
      const bytes = turn.then(() => readNow(start, end));
      turn = bytes.catch(() => {});
      return bytes;
    },
  };
}
