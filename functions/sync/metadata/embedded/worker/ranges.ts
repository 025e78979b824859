/** The bytes of one file, fetched in few requests and kept while the file is read. */

/** Thrown for bytes that the file does not have, or that the book's limits do not allow. */
export class NoMoreBytes extends Error {
  override readonly name = 'NoMoreBytes';
}

/** Fetches the bytes from `start` up to, but not including, `end`; null if the book's limits do not allow it. */
export type Fetch = (start: number, end: number) => Promise<Uint8Array | null>;

export interface Ranges {
  /** In bytes. */
  size: number;
  /**
   * Returns the bytes from `start` up to, but not including, `end`.
   *
   * @throws NoMoreBytes if the limits do not allow it, the range is outside the file, or the file is too short
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * A request fetches at least this much, because a book gets only six requests. It fetches at least twice as much at
 * the end of the file, where a PDF has its cross-reference table, and next to bytes that were already fetched.
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

  /** Returns the part of a range that is still to be fetched: without the beginning and end that are known. */
  function unknownOf(start: number, end: number): [number, number] {
    let [from, until] = [start, end];
    for (let piece = pieceWith(from); piece && from < until; piece = pieceWith(from)) from = piece.end;
    for (let piece = pieceWith(until - 1); piece && from < until; piece = pieceWith(until - 1))
      until = piece.start;
    return [from, until];
  }

  /** Widens a range, because the next read is usually for neighboring bytes, but never into bytes already fetched. */
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
    // If the next fetched piece is close, fetch everything up to it.
    return [Math.max(first, ...before), next - from <= 2 * leastBytes ? next : Math.min(last, next)];
  }

  async function fetchPiece(start: number, end: number): Promise<boolean> {
    const bytes = await fetch(start, end);
    if (!bytes) return false;
    if (bytes.length < end - start) throw new NoMoreBytes('it is shorter than its reported size');
    pieces.push({ start, end, bytes });
    return true;
  }

  async function readNow(start: number, end: number): Promise<Uint8Array> {
    const [from, until] = unknownOf(start, end);
    if (from < until) {
      const [first, last] = widened(from, until);
      // If the limits do not allow the wider range, they may still allow the bytes that are needed.
      const fetched = (await fetchPiece(first, last)) || (await fetchPiece(from, until));
      if (!fetched) throw new NoMoreBytes('it needs more bytes or requests than one book may use');
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

  // One at a time: simultaneous reads are often for neighboring bytes, and the first response then covers both.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    size,
    async read(start, end) {
      if (start < 0 || end > size || start > end)
        throw new NoMoreBytes('it refers to bytes outside the file');
      const bytes = turn.then(() => readNow(start, end));
      turn = bytes.catch(() => {});
      return bytes;
    },
  };
}
